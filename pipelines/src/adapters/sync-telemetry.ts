// SPDX-License-Identifier: Apache-2.0
import { DATA_STREAMS } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import type { Reporter, RunEvent } from '../ports/reporter.ts';

/** One document of the stream, without what all have in common. */
type TelemetryEvent = Readonly<Record<string, unknown>>;

interface Options {
  readonly client: Client;
  readonly library: string;
  readonly source: string;
  readonly runId: string;
}

export interface SyncTelemetry {
  /** The same reporter, its failures also noted here. */
  tap(reporter: Reporter): Reporter;
  /** Note an event of the run; `outcome` as in ECS. It is sent with others, soon. */
  note(event: TelemetryEvent): void;
  /** Sends what is left; says what the cluster did not take, if anything. */
  close(): Promise<string | undefined>;
}

const [TYPE, DATASET, NAMESPACE] = DATA_STREAMS.sync.split('-') as [string, string, string];
/** Events that wait while the cluster does not take them: what comes on top is counted and dropped. */
const MOST_WAITING = 5000;
const BATCH = 500;
const FLUSH_MS = 5000;

function failureOf(event: RunEvent, source: string, run: string): TelemetryEvent {
  return {
    event: { kind: 'event', dataset: DATASET, action: 'object_failed', outcome: 'failure' },
    space: { id: event.space },
    audio: { id: event.id, key: event.key },
    error: { code: event.code, message: event.reason },
    sync: { source, run, stage: event.stage },
    log: { level: 'error' },
  };
}

/**
 * Run events for the dashboards, appended to `logs-earshot.sync-default` while the run goes on, in constant memory.
 * Losing them loses no recording.
 */
export function createSyncTelemetry({ client, library, source, runId }: Options): SyncTelemetry {
  const waiting: TelemetryEvent[] = [];
  const common = {
    data_stream: { type: TYPE, dataset: DATASET, namespace: NAMESPACE },
    service: { name: 'earshot-sync' },
    library,
  };
  let dropped = 0;
  let reason: string | undefined;
  let sending: Promise<void> | undefined;

  /** One request; what the cluster refuses is gone. */
  async function sendBatch(): Promise<void> {
    const batch = waiting.splice(0, BATCH);
    const operations = batch.flatMap((event) => [{ create: {} }, { ...common, ...event }]);
    try {
      const { items } = await client.bulk({ index: DATA_STREAMS.sync, operations });
      const refused = items.flatMap(({ create }) => (create?.error ? [create.error] : []));
      dropped += refused.length;
      reason ??= refused[0]?.reason ?? refused[0]?.type;
    } catch (error) {
      dropped += batch.length;
      reason ??= (error as Error).message;
    }
  }

  function send(): Promise<void> {
    sending ??= sendBatch().finally(() => {
      sending = undefined;
      if (waiting.length >= BATCH) void send();
    });
    return sending;
  }

  function note(event: TelemetryEvent): void {
    if (waiting.length < MOST_WAITING) waiting.push({ '@timestamp': new Date().toISOString(), ...event });
    else {
      dropped++;
      reason ??= 'Elasticsearch took them too slowly';
    }
    if (waiting.length >= BATCH) void send();
  }

  const timer = setInterval(() => {
    if (waiting.length > 0) void send();
  }, FLUSH_MS);
  timer.unref();

  async function close(): Promise<string | undefined> {
    clearInterval(timer);
    while (sending || waiting.length > 0) await send();
    return dropped > 0 ? `${dropped} of them were lost: ${reason}` : undefined;
  }

  const tap = (reporter: Reporter): Reporter => ({
    ...reporter,
    event: (event) => {
      if (event.event === 'object_failed') note(failureOf(event, source, runId));
      reporter.event(event);
    },
  });

  return { tap, note, close };
}
