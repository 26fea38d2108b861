// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { DeleteVerdict } from '../core/sync/delete-guard.ts';
import type { SyncResult } from '../core/sync/run-sync.ts';
import type { StageObserver } from '../core/sync/sync-meter.ts';
import type { SyncRun } from '../core/sync/sync-run.ts';
import { listenOn } from './listen-on.ts';

const PREFIX = 'earshot_sync_';
/** A recording takes from milliseconds to minutes. */
const SECONDS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

type Labels = Readonly<Record<string, string>>;

/** Sums by label values. */
class Sums {
  private readonly byLabels = new Map<string, { readonly labels: Labels; value: number }>();

  add(labels: Labels, value: number): void {
    if (value === 0) return;
    const id = JSON.stringify(Object.entries(labels));
    const found = this.byLabels.get(id);
    if (found) found.value += value;
    else this.byLabels.set(id, { labels, value });
  }

  *[Symbol.iterator](): Generator<{ readonly labels: Labels; readonly value: number }> {
    yield* this.byLabels.values();
  }
}

type Quantity = 'objects' | 'bytes' | 'audio_seconds' | 'bulk_retries';
type Totals = Readonly<Record<Quantity, Sums>>;

const emptyTotals = (): Totals => ({
  objects: new Sums(),
  bytes: new Sums(),
  audio_seconds: new Sums(),
  bulk_retries: new Sums(),
});

/** What a run has done so far. */
function addRun(totals: Totals, { targets, meter }: SyncRun): void {
  for (const { tally, index } of targets) {
    const { indexed, unchanged, deleted } = tally.counts();
    const plain = { reason: '', stage: '', code: '' };
    for (const [state, value] of Object.entries({ indexed, unchanged, deleted }))
      totals.objects.add({ ...plain, state }, value);
    for (const [reason, value] of Object.entries(tally.skippedBy))
      totals.objects.add({ ...plain, state: 'skipped', reason }, value);
    for (const { stage, code, count } of tally.failedBy())
      totals.objects.add({ ...plain, state: 'failed', stage, code }, count);
    totals.audio_seconds.add({}, tally.audioSeconds);
    for (const [reason, value] of Object.entries(index.writer.counts().retriesBy))
      totals.bulk_retries.add({ reason }, value);
  }
  totals.bytes.add({}, meter?.fetchedBytes ?? 0);
}

export interface SyncMetrics {
  readonly observeStage: StageObserver;
  /** Counts a run while it goes on; call what is given back when it has ended. */
  follow(run: SyncRun): (result?: SyncResult) => void;
  judged(verdict: DeleteVerdict): void;
  /** Events that wait: seconds since the oldest; asked for when the metrics are read. */
  watchPending(oldestSeconds: () => number): void;
  readonly contentType: string;
  /** Prometheus' text format. */
  render(): Promise<string>;
}

/** Sums are asked for when the metrics are read. */
function registerTotals(registry: Registry, totalsNow: () => Totals): void {
  const counter = (quantity: Quantity, help: string, labelNames: readonly string[] = []): Counter =>
    new Counter({
      name: `${PREFIX}${quantity}_total`,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, value } of totalsNow()[quantity]) this.inc(labels, value);
      },
    });
  counter('objects', 'Objects by what became of them, once for each space', ['state', 'reason', 'stage', 'code']);
  counter('bytes', 'Bytes of recordings fetched from the source');
  counter('audio_seconds', 'Seconds of audio indexed');
  counter('bulk_retries', 'Documents sent to Elasticsearch again', ['reason']);
}

/** Metrics of everything this process syncs. */
export function createSyncMetrics(): SyncMetrics {
  const registry = new Registry();
  const registers = [registry];
  const ended = emptyTotals();
  const running = new Set<SyncRun>();
  const pending: (() => number)[] = [];

  const totalsNow = (): Totals => {
    const totals = emptyTotals();
    for (const quantity of Object.keys(ended) as Quantity[])
      for (const { labels, value } of ended[quantity]) totals[quantity].add(labels, value);
    for (const run of running) addRun(totals, run);
    return totals;
  };

  registerTotals(registry, totalsNow);
  const stages = new Histogram({
    name: `${PREFIX}stage_seconds`,
    help: 'Time of one recording in a stage, its waiting included',
    labelNames: ['stage'],
    buckets: SECONDS_BUCKETS,
    registers,
  });
  new Gauge({
    name: `${PREFIX}inflight_bytes`,
    help: 'Bytes of recordings fetched and not yet done',
    registers,
    collect() {
      this.set([...running].reduce((sum, { meter }) => sum + (meter?.bytesInFlight ?? 0), 0));
    },
  });
  new Gauge({
    name: `${PREFIX}oldest_pending_seconds`,
    help: 'Age of the oldest recording in flight or event not yet looked at',
    registers,
    collect() {
      const ages = [...[...running].map(({ meter }) => meter?.oldestSeconds ?? 0), ...pending.map((ask) => ask())];
      this.set(Math.max(0, ...ages));
    },
  });
  const guards = new Counter({
    name: `${PREFIX}delete_guard_total`,
    help: 'Verdicts on deletes, one a run and space',
    labelNames: ['verdict'],
    registers,
  });

  const judged = ({ verdict }: DeleteVerdict): void => guards.inc({ verdict });
  return {
    judged,
    observeStage: (stage, seconds) => stages.observe({ stage }, seconds),
    follow: (run) => {
      running.add(run);
      return (result) => {
        if (!running.delete(run)) return;
        addRun(ended, run);
        for (const verdict of result?.deletes ?? []) judged(verdict);
      };
    },
    watchPending: (oldestSeconds) => void pending.push(oldestSeconds),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

/** Serves `GET /metrics`. @throws EarshotError LISTEN_FAILED */
export async function serveMetrics(
  metrics: SyncMetrics,
  place: { readonly host: string; readonly port: number },
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && /^\/metrics(\?|$)/.test(request.url ?? '');
    if (!isAsked) return void response.writeHead(404).end();
    metrics.render().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  const url = await listenOn(server, place);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url, close };
}
