// SPDX-License-Identifier: Apache-2.0
import { type Entry, ObjectStoreError, type ObjectTrouble } from '../../ports/object-store.ts';
import type { Recording } from '../../ports/recording-reader.ts';
import { backoffMs, pause } from '../retry-policy.ts';
import type { SyncRun } from './sync-run.ts';

export type Fetched =
  | { readonly kind: 'recording'; readonly recording: Recording; readonly entry: Entry }
  | { readonly kind: 'skip'; readonly reason: 'vanished' | 'archived' }
  | {
      readonly kind: 'fail';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
      readonly attempts: number;
    };

/** An object that keeps changing is left to the next run sooner than a store that may recover. */
const MOST_TRIES: Readonly<Partial<Record<ObjectTrouble, number>>> = { changed: 3, unavailable: 5 };

/** The end of the matter, or undefined when another try is right. */
function judge({ trouble, message }: ObjectStoreError, attempts: number): Fetched | undefined {
  if (trouble === 'vanished' || trouble === 'archived') return { kind: 'skip', reason: trouble };
  if (attempts < (MOST_TRIES[trouble] ?? 0)) return undefined;
  return { kind: 'fail', code: `object_${trouble}`, message, retryable: true, attempts };
}

type Reading = Pick<SyncRun, 'store' | 'readRecording' | 'meter'>;

/** `hasChanged`: not the version that was listed, but the one that lies there now. */
async function fetchOnce(
  { store, readRecording }: Reading,
  { listed, hasChanged }: { readonly listed: Entry; readonly hasChanged: boolean },
  signal: AbortSignal,
): Promise<Fetched | ObjectStoreError> {
  try {
    const entry = hasChanged ? await store.head(listed.key) : listed;
    if (!entry) return { kind: 'skip', reason: 'vanished' };
    return { kind: 'recording', recording: await readRecording(entry, signal), entry };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ObjectStoreError) return error;
    throw error;
  }
}

/**
 * Fetches what was listed. An object that changed meanwhile is looked at again, at most three times; a store that does not
 * answer is asked five times.
 */
export async function fetchListed(reading: Reading, listed: Entry, signal: AbortSignal): Promise<Fetched> {
  let hasChanged = false;
  for (let attempts = 1; ; attempts++) {
    const answer = await fetchOnce(reading, { listed, hasChanged }, signal);
    const fetched = answer instanceof ObjectStoreError ? judge(answer, attempts) : answer;
    if (fetched) return fetched;
    const isChanged = answer instanceof ObjectStoreError && answer.trouble === 'changed';
    hasChanged ||= isChanged;
    reading.meter?.retried('get');
    if (!isChanged) await pause(backoffMs(attempts, { baseMs: 500, capMs: 10_000 }), signal);
  }
}
