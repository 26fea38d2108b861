// SPDX-License-Identifier: Apache-2.0
import { ObjectStoreError } from '../../ports/object-store.ts';
import { EarshotError } from '../earshot-error.ts';
import type { DeleteCandidate, DeleteVerdict } from './delete-guard.ts';
import { runConcurrently } from './run-concurrently.ts';
import type { SyncRun } from './sync-run.ts';

/** Questions at once; the store's client has sockets for more. */
const QUESTIONS_AT_ONCE = 16;

const isFromStore = (error: unknown): error is Error =>
  error instanceof ObjectStoreError || (error instanceof EarshotError && error.code === 'SOURCE_UNAVAILABLE');

/**
 * Asks the store for every candidate by name: an object that answers proves that the listing cannot be trusted. What a
 * filter leaves out is there, and is not asked for.
 */
export async function confirmGone(
  { store, lost }: Pick<SyncRun, 'store' | 'lost'>,
  candidates: AsyncIterable<DeleteCandidate>,
): Promise<DeleteVerdict> {
  const enough = new AbortController();
  let verdict: DeleteVerdict = { verdict: 'allowed' };
  const signal = AbortSignal.any([enough.signal, lost]);
  await runConcurrently(candidates, { limit: QUESTIONS_AT_ONCE, signal }, async ({ key, cause }) => {
    if (cause === 'filtered') return;
    try {
      if ((await store.head(key)) === null) return;
      verdict = {
        verdict: 'refused',
        reason: `${key} was not listed, but it is there: the listing cannot be trusted`,
      };
    } catch (error) {
      if (!isFromStore(error)) throw error;
      if (verdict.verdict === 'allowed')
        verdict = {
          verdict: 'postponed',
          reason: `${key} could not be asked for: ${error.message}`,
          isUnavailable: true,
        };
    }
    enough.abort();
  });
  lost.throwIfAborted();
  return verdict;
}
