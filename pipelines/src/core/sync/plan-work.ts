// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../ports/object-store.ts';
import type { Spool } from '../../ports/spool.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import { decideObject } from './decide-object.ts';
import { type DeleteCandidate, isPrunable } from './delete-guard.ts';
import { documentId } from './document-id.ts';
import { filterObject, type SkipReason } from './filter-object.ts';
import { type Joined, type ListEnd, mergeJoin } from './merge-join.ts';
import { isOpenFailure } from './record-failure.ts';
import type { SyncRun, SyncTarget, Todo, Work } from './sync-run.ts';

/** What the walk learned beside the work itself. */
export interface PlanFindings {
  end: ListEnd | undefined;
  /** Per target: documents of this source, and those that may have to go, in the order of their keys. */
  readonly stored: number[];
  readonly gone: Spool<DeleteCandidate>[];
  readonly new: number[];
  readonly changed: number[];
  /** Stored documents whose object is listed but left out now: not gone, and kept unless `--prune-filtered`. */
  readonly filtered: Partial<Record<SkipReason, number>>[];
  /** Keys of known dead letters that were not listed, are left out now, or are in the index as they are listed. */
  readonly unlisted: Set<string>[];
}

export const emptyFindings = ({ targets, makeSpool }: Pick<SyncRun, 'targets' | 'makeSpool'>): PlanFindings => ({
  end: undefined,
  stored: targets.map(() => 0),
  gone: targets.map(() => makeSpool()),
  new: targets.map(() => 0),
  changed: targets.map(() => 0),
  filtered: targets.map(() => ({})),
  unlisted: targets.map(({ known }) => new Set(known.keys())),
});

export async function disposeFindings({ gone }: PlanFindings): Promise<void> {
  await Promise.all(gone.map((spool) => spool.dispose()));
}

interface Met {
  readonly run: SyncRun;
  readonly entry: Entry;
  readonly stored: StoredDocument | undefined;
}

/** Settles what needs no work in one space, or gives back what does. `letters` stay in for what is to be closed. */
function meet(
  { run, entry, stored }: Met,
  { target, letters }: { readonly target: SyncTarget; readonly letters: Set<string> | undefined },
): (Todo & { readonly kind: 'new' | 'changed' }) | undefined {
  const { tally } = target;
  const decision = decideObject(entry, stored, { target, settings: run.settings });
  if (decision.kind === 'unchanged') {
    // A letter may be open: the recording is as it was before it failed, or a run was killed before it closed the letter.
    tally.unchanged();
    return undefined;
  }
  letters?.delete(entry.key);
  if (decision.kind === 'known') {
    const { stage, code, message } = decision.letter;
    if (!isOpenFailure(decision.letter)) tally.skipped('not_audio');
    else
      tally.failed({
        id: documentId(run.store.id, entry.key),
        key: entry.key,
        stage,
        code,
        reason: `known: ${message}`,
      });
    return undefined;
  }
  tally.planned++;
  tally.plannedBytes += entry.size;
  return { target, stored, kind: decision.kind };
}

/** Left out by a filter; what was indexed before the filter changed goes only when that is asked for. */
async function leaveOut(
  { run, stored }: Met,
  reason: SkipReason,
  { findings, at }: { readonly findings: PlanFindings; readonly at: number },
): Promise<void> {
  if (!stored || stored.deletedAt) return;
  const filtered = findings.filtered[at];
  if (filtered) filtered[reason] = (filtered[reason] ?? 0) + 1;
  const isPruned = run.settings.deletes.pruneFiltered && isPrunable(reason);
  if (isPruned) await findings.gone[at]?.add({ ...stored, cause: 'filtered' });
}

async function workOf(
  run: SyncRun,
  event: Extract<Joined, { kind: 'listed' }>,
  findings: PlanFindings,
): Promise<Work | undefined> {
  const { entry } = event;
  const reason = filterObject(entry, run.settings.filter);
  const todos: Todo[] = [];
  for (const [i, target] of run.targets.entries()) {
    const stored = event.stored[i];
    target.tally.see();
    if (stored && !stored.deletedAt) findings.stored[i] = (findings.stored[i] ?? 0) + 1;
    if (reason) {
      target.tally.skipped(reason);
      await leaveOut({ run, entry, stored }, reason, { findings, at: i });
      continue;
    }
    const todo = meet({ run, entry, stored }, { target, letters: findings.unlisted[i] });
    if (!todo) continue;
    findings[todo.kind][i] = (findings[todo.kind][i] ?? 0) + 1;
    todos.push(todo);
  }
  return todos.length > 0 ? { entry, todos } : undefined;
}

/** What was soft-deleted before is missed no more. */
async function miss(
  run: SyncRun,
  { index, stored }: Extract<Joined, { kind: 'gone' }>,
  findings: PlanFindings,
): Promise<void> {
  if (stored.deletedAt) return;
  findings.stored[index] = (findings.stored[index] ?? 0) + 1;
  // A document under an odd id is nobody's: `verify` finds it. As a candidate it would only discredit the listing.
  if (stored.id === documentId(run.store.id, stored.key)) await findings.gone[index]?.add({ ...stored, cause: 'gone' });
}

/** The objects that need work, in the order of their keys; everything else is counted on the way. */
export async function* planWork(run: SyncRun, findings: PlanFindings): AsyncGenerator<Work> {
  const stored = run.targets.map(({ index }) => index.stored(run.store.id));
  for await (const event of mergeJoin(run.listing(run.signal), stored)) {
    if (event.kind === 'end') findings.end = event.end;
    else if (event.kind === 'gone') await miss(run, event, findings);
    else {
      const work = await workOf(run, event, findings);
      if (work) yield work;
    }
  }
}
