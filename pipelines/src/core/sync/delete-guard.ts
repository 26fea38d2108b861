// SPDX-License-Identifier: Apache-2.0
import type { StoredDocument } from '../../ports/sync-index.ts';
import type { SkipReason } from './filter-object.ts';
import type { ListEnd } from './merge-join.ts';

export interface DeleteSettings {
  /** `soft`: the document stays, with its vectors and `sync.deleted_at`; the read alias does not show it. */
  readonly mode: 'hard' | 'soft';
  /** `--max-delete`. */
  readonly maxDelete: number;
  /** `--delete-strikes`: complete runs in a row that must miss an object. */
  readonly strikes: number;
  /** `--prune-filtered`: documents of objects that are there, but filtered now, go too. */
  readonly pruneFiltered: boolean;
  /** `--force-delete`: numbers do not count; completeness always does. */
  readonly force: boolean;
}

/** A document that may have to go, and why: its object was not listed, or is left out by a filter. */
export interface DeleteCandidate extends StoredDocument {
  readonly cause: 'gone' | 'filtered';
}

/** Nothing that could be restored at any time, and nothing that only the service or the store leaves out today. */
const PRUNABLE: ReadonlySet<SkipReason> = new Set(['excluded', 'extension', 'sidecar', 'too_small', 'too_old']);

/** Whether a filter leaves an object out for what it is. */
export const isPrunable = (reason: SkipReason | undefined): boolean => reason !== undefined && PRUNABLE.has(reason);

interface Situation {
  readonly end: ListEnd;
  /** Documents of this source in the index before the run. */
  readonly stored: number;
  /** Candidates. */
  readonly gone: number;
}

/** `allowed`; `postponed`: this run cannot know; `refused`: somebody must look (exit 4). */
export type DeleteVerdict =
  | {
      readonly verdict: 'allowed';
      /** Missed, but in too few runs as yet. */
      readonly waiting?: number;
      /** Could not be written; the next run tries again (exit 3). */
      readonly failed?: number;
    }
  | {
      readonly verdict: 'postponed' | 'refused';
      readonly reason: string;
      /** Because the source does not answer (exit 5). */
      readonly isUnavailable?: true;
    };

const SHARE_ALLOWED = 0.1;
const SHARE_REFUSED = 0.5;
const SMALL_LIBRARY = 10;

function tooMany({ stored, gone }: Situation, maxDelete: number): string | undefined {
  const most = Math.max(maxDelete, Math.floor(stored * SHARE_ALLOWED));
  if (gone > most) return `${gone} of ${stored} documents would go, ${most} are allowed`;
  if (stored >= SMALL_LIBRARY && gone >= stored * SHARE_REFUSED)
    return `${gone} of ${stored} documents would go: half or more`;
  return undefined;
}

/** Whether what is missing from the listing may be deleted. Nothing is deleted on doubt. */
export function guardDeletes(
  situation: Situation,
  settings: Pick<DeleteSettings, 'maxDelete' | 'force'>,
): DeleteVerdict {
  const { end, stored, gone } = situation;
  if (gone === 0) return { verdict: 'allowed' };
  if (!end.complete)
    return { verdict: 'postponed', reason: `the listing is not complete: ${end.reason ?? 'unknown reason'}` };
  if (!end.sorted) return { verdict: 'postponed', reason: 'the source does not list in byte order' };
  if (end.count === 0)
    return { verdict: 'refused', reason: `the source is empty, the index has ${stored} documents of it` };
  const reason = settings.force ? undefined : tooMany(situation, settings.maxDelete);
  return reason ? { verdict: 'refused', reason } : { verdict: 'allowed' };
}

/** One line for people; undefined when there is nothing to say. */
export function describeVerdict(verdict: DeleteVerdict): string | undefined {
  if (verdict.verdict !== 'allowed') return `${verdict.verdict}: ${verdict.reason}`;
  const { waiting = 0, failed = 0 } = verdict;
  const parts = [
    ...(waiting > 0 ? [`${waiting} missed, but not often enough yet (strikes)`] : []),
    ...(failed > 0 ? [`${failed} could not be deleted; the next run tries again`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : undefined;
}
