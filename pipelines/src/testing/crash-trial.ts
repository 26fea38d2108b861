// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { makeTempDir } from '@earshot/e2e/support';
import { STATE_ALIASES } from '@earshot/mappings';
import type { estypes } from '@elastic/elasticsearch';
import type { PassingRequest } from './elasticsearch-proxy.ts';
import type { BucketContents } from './simulated-bucket.ts';
import { type EndedEarshot, type SpawnedEarshot, spawnEarshot } from './spawn-earshot.ts';
import type { StagedLibrary, SyncStage } from './sync-stage.ts';

/** What a run was doing when it was killed. `start` is by the clock, all others by requests. */
export type Phase = 'start' | 'walk' | 'embed' | 'bulk' | 'delete' | 'failure' | 'lease' | 'run' | 'other';

/** Kill when the `nth` (from 1) request of a phase comes in, or when it is done but its caller does not know. */
export interface KillPoint {
  readonly phase: Phase;
  readonly nth: number;
  /** Requests: before or after they took effect. */
  readonly moment: 'before' | 'after';
  /** Phase `start`: after so many milliseconds. */
  readonly ms?: number;
}

export type PhaseCounts = Readonly<Partial<Record<Phase, number>>>;

function phaseOf({ path, body }: PassingRequest): Phase {
  if (path.includes('-write/_bulk')) return body.includes('{"delete":') ? 'delete' : 'bulk';
  if (path.startsWith(`/${STATE_ALIASES.failures}/`) && !path.includes('_search')) return 'failure';
  if (path.startsWith(`/${STATE_ALIASES.control}/`)) return 'lease';
  if (path.startsWith(`/${STATE_ALIASES.runs}/`)) return 'run';
  return path.startsWith('/_search') ? 'walk' : 'other';
}

/** Documents of a library and its open failures, without what no two runs have in common. */
export async function snapshot(
  { client, fingerprint }: SyncStage,
  { library, index }: StagedLibrary,
): Promise<string[]> {
  await client.indices.refresh({ index: [index, STATE_ALIASES.failures] });
  const page = { size: 10_000, sort: ['audio.key'] };
  const documents = await client.search<Record<string, unknown>>({
    index,
    ...page,
    _source: {
      excludes: ['@timestamp', 'sync.run', 'sync.version'],
      exclude_vectors: false,
    } as estypes.SearchSourceFilter,
  });
  const failures = await client.search<Record<string, unknown>>({
    index: STATE_ALIASES.failures,
    ...page,
    _source: ['audio', 'error', 'sync.stage', 'sync.source', 'retryable', 'stale'],
    query: {
      bool: {
        filter: [{ term: { library } }, { term: { 'space.fingerprint': fingerprint } }],
        must_not: { exists: { field: 'resolved_at' } },
      },
    },
  });
  return [documents, failures].flatMap(({ hits }) =>
    hits.hits.map(({ _id, _source }) => JSON.stringify([_id, _source])),
  );
}

export interface TrialResult {
  /** The run had begun and was killed; false when it was through before its point was reached. */
  readonly wasKilled: boolean;
  /** Recordings that the next run had embedded once more. */
  readonly embeddedTwice: number;
  /** Of those, the ones that had been stored or noted as failed: always to be 0. */
  readonly storedAndEmbeddedAgain: number;
  readonly snapshot: readonly string[];
  readonly next: EndedEarshot;
  /** What the next run left in the folder for temporary files. */
  readonly leftOver: readonly string[];
}

interface Trial {
  readonly stage: SyncStage;
  readonly library: StagedLibrary;
  readonly contents: BucketContents;
}

function arm({ proxy, service }: SyncStage, point: KillPoint | undefined, run: SpawnedEarshot) {
  const begun: Partial<Record<Phase, number>> = {};
  const ended: Partial<Record<Phase, number>> = {};
  let isKilled = false;
  const kill = (): void => {
    isKilled = true;
    run.kill();
  };
  const pass = (phase: Phase, moment: 'before' | 'after'): void => {
    const counts = moment === 'before' ? begun : ended;
    counts[phase] = (counts[phase] ?? 0) + 1;
    if (phase === point?.phase && moment === point.moment && counts[phase] === point.nth) kill();
  };
  proxy.onRequest = (request) => pass(phaseOf(request), 'before');
  proxy.onAnswer = (request) => pass(phaseOf(request), 'after');
  service.onRequest = () => pass('embed', 'before');
  const timer = point?.ms === undefined ? undefined : setTimeout(kill, point.ms);
  return {
    counts: begun as PhaseCounts,
    isKilled: () => isKilled,
    disarm: () => {
      clearTimeout(timer);
      proxy.onRequest = undefined;
      proxy.onAnswer = undefined;
      service.onRequest = undefined;
    },
  };
}

async function runOnce({ stage, library, contents }: Trial, point: KillPoint | undefined, temporary: string) {
  stage.bucket.contents = contents;
  stage.service.requests.length = 0;
  const run = spawnEarshot(['sync', 'run', '--json'], { ...library.env, TMPDIR: temporary });
  const armed = arm(stage, point, run);
  const ended = await run.ended;
  armed.disarm();
  await stage.proxy.idle();
  const embedded = new Set(stage.service.requests.map(({ sha256 }) => sha256));
  return { ended, embedded, counts: armed.counts, wasKilled: armed.isKilled() };
}

/** A run that nobody disturbs: what it did, how often, how long, and what the index is like afterwards. */
export async function runUndisturbed(trial: Trial) {
  const { ended, counts, embedded } = await runOnce(trial, undefined, makeTempDir('crash'));
  if (ended.code !== 0 && ended.code !== 3) throw new Error(`exit ${ended.code}: ${ended.stderr}${ended.stdout}`);
  const requests = trial.stage.service.requests.length;
  return { counts, embedded, requests, ended, snapshot: await snapshot(trial.stage, trial.library) };
}

const sha256Of = (chunks: Iterable<Buffer>): string => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

interface Line {
  readonly audio: { readonly key: string; readonly etag: string; readonly sha256?: string };
}

/** SHA-256 of the recordings that are in the index, or noted as failed as they lie in the source. */
async function settled({ stage, library, contents }: Trial): Promise<ReadonlySet<string>> {
  const lines = (await snapshot(stage, library)).map((line) => (JSON.parse(line) as [string, Line])[1].audio);
  return new Set(
    lines.flatMap(({ key, etag, sha256 }) => {
      const listed = contents.find(key);
      return sha256 ?? (listed?.etag === etag ? sha256Of(contents.bodyOf(listed)) : []);
    }),
  );
}

/** Kills a run at a point, lets the next one go through, and says what was done twice. */
export async function killAndRepeat(trial: Trial, point: KillPoint): Promise<TrialResult> {
  const temporary = makeTempDir('crash');
  const killed = await runOnce(trial, point, temporary);
  const stored = await settled(trial);
  const next = await runOnce(trial, undefined, temporary);
  const twice = [...next.embedded].filter((sha256) => killed.embedded.has(sha256));
  return {
    wasKilled: killed.wasKilled,
    embeddedTwice: twice.length,
    storedAndEmbeddedAgain: [...next.embedded].filter((sha256) => stored.has(sha256)).length,
    snapshot: await snapshot(trial.stage, trial.library),
    next: next.ended,
    leftOver: readdirSync(temporary),
  };
}
