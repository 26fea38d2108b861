// SPDX-License-Identifier: Apache-2.0
import type { ListEnd } from './merge-join.ts';

export interface DeleteSettings {
  /** `--max-delete`. */
  readonly maxDelete: number;
  /** `--force-delete`: numbers do not count; completeness always does. */
  readonly force: boolean;
}

interface Situation {
  readonly end: ListEnd;
  /** Documents of this source in the index before the run. */
  readonly stored: number;
  readonly gone: number;
}

/** `allowed`; `postponed`: this run cannot know; `refused`: somebody must look (exit 4). */
export type DeleteVerdict =
  | { readonly verdict: 'allowed' }
  | { readonly verdict: 'postponed' | 'refused'; readonly reason: string };

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
export function guardDeletes(situation: Situation, settings: DeleteSettings): DeleteVerdict {
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
