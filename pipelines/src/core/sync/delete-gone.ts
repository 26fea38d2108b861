// SPDX-License-Identifier: Apache-2.0
import type { BulkOutcome } from '../../ports/bulk-writer.ts';
import type { Spool } from '../../ports/spool.ts';
import { Budget } from './budget.ts';
import { confirmGone } from './confirm-gone.ts';
import { type DeleteCandidate, type DeleteVerdict, guardDeletes } from './delete-guard.ts';
import { hideDocument } from './hide-document.ts';
import { type Matched, matchStrikes } from './match-strikes.ts';
import type { ListEnd } from './merge-join.ts';
import { runConcurrently } from './run-concurrently.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

interface Candidates {
  readonly end: ListEnd;
  /** Documents of this source before the run. */
  readonly stored: number;
  readonly gone: Spool<DeleteCandidate>;
}

/** Operations under way, and among them documents read to be written again, which lie in memory as a whole. */
const OPERATIONS_AT_ONCE = 500;
const DOCUMENTS_AT_ONCE = 16;

/** Deletes or strikes; each candidate and strike is settled on its own. */
class Reckoning {
  waiting = 0;
  failed = 0;
  private readonly run: SyncRun;
  private readonly target: SyncTarget;
  private readonly isAllowed: boolean;
  private readonly places = new Budget(DOCUMENTS_AT_ONCE);

  constructor(run: SyncRun, target: SyncTarget, isAllowed: boolean) {
    this.run = run;
    this.target = target;
    this.isAllowed = isAllowed;
  }

  async settle(matched: Matched): Promise<void> {
    const { strikes, runSeq } = this.target;
    if (matched.kind === 'returned') return strikes.clear(matched.strike.id, runSeq);
    if (!this.isAllowed) return;
    const { candidate, strike } = matched;
    const count = (strike?.strikes ?? 0) + 1;
    if (candidate.cause === 'gone' && count < this.run.settings.deletes.strikes) {
      this.waiting++;
      const firstMissed = strike?.firstMissed ?? new Date().toISOString();
      return strikes.put({ id: candidate.id, key: candidate.key, strikes: count, firstMissed }, runSeq);
    }
    await this.remove(candidate);
    if (strike) await strikes.clear(candidate.id, runSeq);
  }

  private async remove(candidate: DeleteCandidate): Promise<void> {
    const { target } = this;
    const { mode } = this.run.settings.deletes;
    const outcome = await (mode === 'soft' ? this.hide(candidate) : this.erase(candidate));
    if (outcome?.state === 'acked') target.tally.deleted();
    else if (outcome?.state !== 'superseded') this.failed++;
    if (target.known.has(candidate.key)) await target.letters.resolve(candidate.id);
  }

  private erase({ id, key }: DeleteCandidate): Promise<BulkOutcome> {
    return this.target.index.writer.submit({ opId: key, id, action: 'delete', version: this.target.runSeq });
  }

  private async hide({ id, key }: DeleteCandidate): Promise<BulkOutcome | undefined> {
    const leave = await this.places.acquire(1);
    const deletedAt = new Date().toISOString();
    return hideDocument(this.run, this.target, { id, key, deletedAt }).finally(leave);
  }
}

async function reckon(run: SyncRun, target: SyncTarget, gone: Spool<DeleteCandidate>, isAllowed: boolean) {
  const { writer } = target.index;
  const reckoning = new Reckoning(run, target, isAllowed);
  const matched = matchStrikes(gone.read(), target.strikes.stored());
  const at = { limit: OPERATIONS_AT_ONCE, signal: run.lost };
  await runConcurrently(matched, at, (one) => reckoning.settle(one));
  await writer.drain();
  await target.strikes.settle();
  run.lost.throwIfAborted();
  const stop = writer.stopReason();
  if (stop) throw stop;
  return reckoning;
}

/**
 * Takes out, by explicit ids, what a complete listing no longer has, or says why not. Strikes of objects that are back
 * are cleared after any complete listing, also when a guard refuses.
 */
export async function deleteGone(
  run: SyncRun,
  target: SyncTarget,
  { end, stored, gone }: Candidates,
): Promise<DeleteVerdict> {
  const guarded = guardDeletes({ end, stored, gone: gone.count }, run.settings.deletes);
  const verdict = guarded.verdict === 'allowed' ? await confirmGone(run, gone.read()) : guarded;
  if (!end.complete || !end.sorted) return verdict;
  const { waiting, failed } = await reckon(run, target, gone, verdict.verdict === 'allowed');
  return verdict.verdict === 'allowed' ? { verdict: 'allowed', waiting, failed } : verdict;
}
