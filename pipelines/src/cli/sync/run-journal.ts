// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import { putRun, type RunDocument, type RunState, type RunTrigger } from '../../adapters/elasticsearch-run-log.ts';
import type { SyncTelemetry } from '../../adapters/sync-telemetry.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { describeShard } from '../../core/sync/shard.ts';
import type { SyncSummary } from '../../core/sync/summary.ts';
import type { ProgressFacts } from '../../core/sync/sync-progress.ts';
import type { SyncRun, SyncTarget } from '../../core/sync/sync-run.ts';

const BEAT_EVERY_MS = 10_000;
const DATASET = 'earshot.sync';

/** Keeps the documents of one run in `earshot-runs`, and its progress in the stream of events. */
export interface RunJournal {
  begin(): Promise<void>;
  /** Called as often as one likes: written every ten seconds. */
  beat(facts: ProgressFacts): void;
  /** What stops a run also has to leave its accounts so far. */
  fail(state: 'failed' | 'interrupted'): Promise<void>;
  end(state: RunState, spaces: readonly SyncSummary[]): Promise<void>;
}

interface Options {
  readonly run: SyncRun;
  readonly trigger: RunTrigger;
  readonly client: Client;
  readonly telemetry: SyncTelemetry;
}

function noteEnd(telemetry: SyncTelemetry, target: SyncTarget, { counts, ...summary }: SyncSummary): void {
  telemetry.note({
    event: {
      kind: 'event',
      dataset: DATASET,
      action: 'run_finished',
      outcome: summary.exit_code === EXIT.done ? 'success' : 'failure',
      duration: summary.duration_ms * 1e6,
    },
    space: { id: target.index.space, fingerprint: target.index.fingerprint },
    sync: { source: summary.source, run: summary.run, ...counts },
    bytes: summary.bytes,
    audio_seconds: summary.audio_seconds,
    log: { level: 'info' },
  });
}

/** A look at a few keys that changed nothing leaves no trace. */
const isIdle = ({ counts }: SyncSummary): boolean => counts.indexed + counts.deleted + counts.failed === 0;

const endOf = (summary: SyncSummary): Partial<RunDocument> => ({
  ended_at: new Date().toISOString(),
  complete: summary.complete,
  counts: { ...summary.counts, pending: summary.pending },
  audio_seconds: summary.audio_seconds,
  embedded_seconds: summary.embedded_seconds,
  bytes: summary.bytes,
  duration_ms: summary.duration_ms,
  exit_code: summary.exit_code,
});

export function createRunJournal({ run, trigger, client, telemetry }: Options): RunJournal {
  const startedAt = new Date().toISOString();
  const beganAt = performance.now();
  let beatAt = beganAt;
  /** Writes go one after the other: a late `running` must not cover the end. */
  let writing: Promise<void> = Promise.resolve();

  const documentOf = (target: SyncTarget, state: RunState, more: Partial<RunDocument>): RunDocument => ({
    '@timestamp': new Date().toISOString(),
    run: run.id,
    run_seq: target.runSeq,
    library: run.library,
    source: run.store.id,
    ...(run.shard ? { shard: describeShard(run.shard) } : {}),
    space: { id: target.index.space, fingerprint: target.index.fingerprint },
    trigger,
    state,
    started_at: startedAt,
    ...more,
  });

  async function putAll(state: RunState, more: (target: SyncTarget, i: number) => Partial<RunDocument>): Promise<void> {
    for (const [i, target] of run.targets.entries()) await putRun(client, documentOf(target, state, more(target, i)));
  }

  /** What is known of a run that has no end yet. */
  const soFar = ({ tally }: SyncTarget, progress?: ProgressFacts): Partial<RunDocument> => ({
    counts: { ...tally.counts(), pending: tally.pending },
    audio_seconds: Math.round(tally.audioSeconds),
    embedded_seconds: Math.round(tally.embeddedSeconds),
    bytes: tally.doneBytes,
    duration_ms: Math.round(performance.now() - beganAt),
    ...(progress ? { progress } : {}),
  });

  function noteProgress({ planned, retries, audio_seconds, bytes }: ProgressFacts): void {
    telemetry.note({
      event: { kind: 'metric', dataset: DATASET, action: 'progress' },
      sync: {
        source: run.store.id,
        run: run.id,
        planned,
        retries: retries.get + retries.embed + retries.bulk,
        listed: run.targets.reduce((sum, { tally }) => sum + tally.counts().listed, 0),
      },
      bytes,
      audio_seconds,
      oldest_pending_seconds: run.meter?.oldestSeconds ?? 0,
      log: { level: 'info' },
    });
  }

  return {
    begin: async () => {
      if (trigger !== 'events') await putAll('running', () => ({}));
    },
    beat: (facts) => {
      const now = performance.now();
      if (now - beatAt < BEAT_EVERY_MS) return;
      beatAt = now;
      noteProgress(facts);
      writing = writing.then(() => putAll('running', (target) => soFar(target, facts))).catch(() => undefined);
    },
    fail: async (state) => {
      await writing;
      await putAll(state, (target) => ({ ended_at: new Date().toISOString(), ...soFar(target) }));
    },
    end: async (state, spaces) => {
      await writing;
      if (trigger === 'events' && spaces.every(isIdle)) return;
      await putAll(state, (_target, i) => (spaces[i] ? endOf(spaces[i]) : {}));
      for (const [i, target] of run.targets.entries()) if (spaces[i]) noteEnd(telemetry, target, spaces[i]);
    },
  };
}
