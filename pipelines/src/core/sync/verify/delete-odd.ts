// SPDX-License-Identifier: Apache-2.0
import { type DeleteVerdict, guardDeletes } from '../delete-guard.ts';
import type { ListEnd } from '../merge-join.ts';
import type { SyncRun, SyncTarget } from '../sync-run.ts';
import type { Verification } from './verification.ts';

/**
 * Deletes documents under ids that are not their keys', within the same numbers as documents whose object is gone. Their
 * recordings have been indexed under the right ids before.
 */
export async function deleteOdd(
  run: SyncRun,
  target: SyncTarget,
  { told, end }: { readonly told: Verification; readonly end: ListEnd },
): Promise<DeleteVerdict> {
  const { space, writer } = target.index;
  const ids = told.oddIdsOf(space);
  const situation = { end, stored: told.checkOf(space).compared, gone: ids.length };
  const verdict = guardDeletes(situation, run.settings.deletes);
  if (verdict.verdict !== 'allowed' || ids.length === 0) return verdict;
  const outcomes = ids.map((id) => writer.submit({ opId: id, id, action: 'delete', version: target.runSeq }));
  await writer.drain();
  await Promise.all(outcomes);
  const stop = writer.stopReason();
  if (stop) throw stop;
  await target.index.refresh();
  return verdict;
}
