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
  /** Note an event of the run; `outcome` as in ECS. */
  note(event: TelemetryEvent): void;
  /** Sends what is noted; gives the reason when the cluster did not take it. */
  flush(): Promise<string | undefined>;
}

const [TYPE, DATASET, NAMESPACE] = DATA_STREAMS.sync.split('-') as [string, string, string];
const MOST_KEPT = 5000;

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

/** Run events for the dashboards, appended to `logs-earshot.sync-default`. Losing them loses no recording. */
export function createSyncTelemetry({ client, library, source, runId }: Options): SyncTelemetry {
  const events: TelemetryEvent[] = [];
  const note = (event: TelemetryEvent): void => {
    if (events.length < MOST_KEPT) events.push({ '@timestamp': new Date().toISOString(), ...event });
  };

  async function flush(): Promise<string | undefined> {
    const common = {
      data_stream: { type: TYPE, dataset: DATASET, namespace: NAMESPACE },
      service: { name: 'earshot-sync' },
      library,
    };
    const batch = events.splice(0);
    if (batch.length === 0) return undefined;
    const operations = batch.flatMap((event) => [{ create: {} }, { ...common, ...event }]);
    try {
      const answer = await client.bulk({ index: DATA_STREAMS.sync, operations });
      const refused = answer.items.find(({ create }) => create?.error)?.create?.error;
      return refused ? (refused.reason ?? refused.type) : undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  const tap = (reporter: Reporter): Reporter => ({
    ...reporter,
    event: (event) => {
      if (event.event === 'object_failed') note(failureOf(event, source, runId));
      reporter.event(event);
    },
  });

  return { tap, note, flush };
}
