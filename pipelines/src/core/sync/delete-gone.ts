// SPDX-License-Identifier: Apache-2.0
import type { StoredDocument } from '../../ports/sync-index.ts';
import { type DeleteVerdict, guardDeletes } from './delete-guard.ts';
import type { ListEnd } from './merge-join.ts';
import type { SyncRun, SyncTarget } from './sync-run.ts';

interface Candidates {
  readonly end: ListEnd;
  /** Documents of this source before the run. */
  readonly stored: number;
  readonly gone: readonly StoredDocument[];
}

/** Every candidate is asked for by name: an object that answers proves that the listing cannot be trusted. */
async function confirm({ store }: SyncRun, gone: readonly StoredDocument[]): Promise<DeleteVerdict> {
  for (let i = 0; i < gone.length; i += 16) {
    const part = gone.slice(i, i + 16);
    const heads = await Promise.all(part.map(({ key }) => store.head(key)));
    const alive = part.find((_document, j) => heads[j] !== null);
    if (alive)
      return {
        verdict: 'refused',
        reason: `${alive.key} was not listed, but it is there: the listing cannot be trusted`,
      };
  }
  return { verdict: 'allowed' };
}

/** Deletes what a complete listing no longer has, by explicit ids, or says why not. */
export async function deleteGone(run: SyncRun, target: SyncTarget, candidates: Candidates): Promise<DeleteVerdict> {
  const situation = { end: candidates.end, stored: candidates.stored, gone: candidates.gone.length };
  const guarded = guardDeletes(situation, run.settings.deletes);
  if (guarded.verdict !== 'allowed') return guarded;
  const confirmed = await confirm(run, candidates.gone);
  if (confirmed.verdict !== 'allowed') return confirmed;
  const { writer } = target.index;
  const outcomes = candidates.gone.map(async ({ id, key }) => {
    const outcome = await writer.submit({ opId: key, id, action: 'delete', version: target.runSeq });
    if (outcome.state === 'acked') target.tally.deleted();
    if (target.known.has(key)) await target.letters.resolve(id);
  });
  await writer.drain();
  await Promise.all(outcomes);
  const stop = writer.stopReason();
  if (stop) throw stop;
  return { verdict: 'allowed' };
}
