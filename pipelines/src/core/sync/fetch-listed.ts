// SPDX-License-Identifier: Apache-2.0
import { type Entry, ObjectStoreError } from '../../ports/object-store.ts';
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

const MOST_TRIES = 3;

/** The end of the matter, or undefined when another try is right. */
function judge({ trouble, message }: ObjectStoreError, attempts: number): Fetched | undefined {
  if (trouble === 'vanished' || trouble === 'archived') return { kind: 'skip', reason: trouble };
  if (trouble !== 'denied' && attempts < MOST_TRIES) return undefined;
  return { kind: 'fail', code: `object_${trouble}`, message, retryable: true, attempts };
}

/**
 * Fetches what was listed. An object that changed meanwhile is looked at again, at most three times, and so is a store
 * that does not answer.
 */
export async function fetchListed(
  { store, readRecording, meter }: Pick<SyncRun, 'store' | 'readRecording' | 'meter'>,
  listed: Entry,
  signal: AbortSignal,
): Promise<Fetched> {
  let entry: Entry | null = listed;
  for (let attempts = 1; entry; attempts++) {
    try {
      return { kind: 'recording', recording: await readRecording(entry, signal), entry };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ObjectStoreError)) throw error;
      const fetched = judge(error, attempts);
      if (fetched) return fetched;
      meter?.retried('get');
      if (error.trouble === 'changed') entry = await store.head(entry.key);
      else await pause(backoffMs(attempts, { baseMs: 500, capMs: 10_000 }), signal);
    }
  }
  return { kind: 'skip', reason: 'vanished' };
}
