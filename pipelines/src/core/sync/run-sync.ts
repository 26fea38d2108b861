// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../earshot-error.ts';
import { EXIT } from '../exit-codes.ts';
import { deleteGone } from './delete-gone.ts';
import type { DeleteVerdict } from './delete-guard.ts';
import type { ListEnd } from './merge-join.ts';
import { disposeFindings, emptyFindings, type PlanFindings, planWork } from './plan-work.ts';
import { prefetch } from './prefetch.ts';
import { ObjectProcessor } from './process-object.ts';
import { isOpenFailure } from './record-failure.ts';
import { runConcurrently } from './run-concurrently.ts';
import { createSyncProgress } from './sync-progress.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

/** Planned objects that may be known ahead of the work: makes totals exact for libraries up to this size. */
const LOOK_AHEAD = 50_000;
const PROGRESS_EVERY_MS = 250;

export interface SyncResult {
  readonly end: ListEnd;
  readonly isInterrupted: boolean;
  /** Per target. */
  readonly deletes: readonly DeleteVerdict[];
  readonly exitCode: number;
}

const POSTPONED: DeleteVerdict = { verdict: 'postponed', reason: 'the run was interrupted' };

async function work(run: SyncRun, findings: PlanFindings): Promise<void> {
  const halt = new AbortController();
  run.lost.addEventListener('abort', () => halt.abort(run.lost.reason), { once: true });
  // At once: workers may be waiting for acknowledgements that will not come.
  halt.signal.addEventListener('abort', () => {
    const reason: unknown = halt.signal.reason;
    for (const { index } of run.targets)
      index.writer.abort(reason instanceof Error ? reason : new Error(String(reason)));
  });
  const signal = AbortSignal.any([run.signal, halt.signal]);
  const processor = new ObjectProcessor(run, halt.signal);
  const progress = createSyncProgress({ run, isListing: () => !findings.end, onFacts: run.onProgress });
  const ticker = setInterval(() => progress.update(), PROGRESS_EVERY_MS);
  try {
    const planned = prefetch(planWork(run, findings), LOOK_AHEAD);
    await runConcurrently(planned, { limit: run.settings.concurrency, signal }, async (one) => {
      try {
        await processor.process(one);
      } catch (error) {
        halt.abort(error);
        throw error;
      }
    });
    halt.signal.throwIfAborted();
    await processor.settle();
    run.lost.throwIfAborted();
  } catch (error) {
    halt.abort(error);
    throw error;
  } finally {
    clearInterval(ticker);
    progress.update();
  }
}

/** Dead letters of objects that a complete listing no longer has, or that are left out now, are closed. */
async function resolveUnlisted(target: SyncTarget, unlisted: ReadonlySet<string>): Promise<void> {
  for (const key of unlisted) {
    const letter = target.known.get(key);
    if (letter && isOpenFailure(letter)) await target.letters.resolve(letter.id);
  }
}

async function finishTargets(run: SyncRun, findings: PlanFindings, end: ListEnd): Promise<DeleteVerdict[]> {
  const verdicts: DeleteVerdict[] = [];
  for (const [i, target] of run.targets.entries()) {
    const gone = findings.gone[i];
    if (!gone) throw new EarshotError('INTERNAL', `no candidates of ${target.index.space}`);
    const verdict = await deleteGone(run, target, { end, stored: findings.stored[i] ?? 0, gone });
    verdicts.push(verdict);
    if (verdict.verdict === 'refused')
      run.reporter.event({ event: 'guard_refused', space: target.index.space, reason: verdict.reason });
    else if (end.complete && end.sorted) await resolveUnlisted(target, findings.unlisted[i] ?? new Set());
    await target.index.refresh();
  }
  return verdicts;
}

function exitCodeOf(run: SyncRun, { end, isInterrupted, deletes }: Omit<SyncResult, 'exitCode'>): number {
  if (isInterrupted) return EXIT.interrupted;
  if (deletes.some(({ verdict }) => verdict === 'refused')) return EXIT.refused;
  if (!end.complete && !run.settings.isPartial) return EXIT.unavailable;
  if (deletes.some((one) => one.verdict === 'postponed' && one.isUnavailable)) return EXIT.unavailable;
  const isUndeleted = deletes.some((one) => one.verdict === 'allowed' && one.failed);
  return isUndeleted || run.targets.some(({ tally }) => tally.counts().failed > 0) ? EXIT.itemsFailed : EXIT.done;
}

/**
 * Brings the indices of one source up to date: walks the listing and the indices together, embeds what is new or
 * changed, and deletes, after a complete listing and within the guards, what is gone.
 * @throws EarshotError what stops the whole run; SUMS_DIFFER when the accounts do not close
 */
export async function runSync(run: SyncRun): Promise<SyncResult> {
  const findings = emptyFindings(run);
  try {
    return await runPlanned(run, findings);
  } finally {
    await disposeFindings(findings);
  }
}

async function runPlanned(run: SyncRun, findings: PlanFindings): Promise<SyncResult> {
  await work(run, findings);
  const isInterrupted = run.signal.aborted;
  const { end } = findings;
  if (!end && !isInterrupted) throw new EarshotError('INTERNAL', 'the listing gave no end');
  const listEnd: ListEnd = end ?? {
    type: 'end',
    complete: false,
    sorted: true,
    pages: 0,
    count: 0,
    reason: 'interrupted',
  };
  const deletes = isInterrupted ? run.targets.map(() => POSTPONED) : await finishTargets(run, findings, listEnd);
  for (const { tally } of run.targets) tally.check(!isInterrupted);
  const result = { end: listEnd, isInterrupted, deletes };
  return { ...result, exitCode: exitCodeOf(run, result) };
}
