// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Wait before try number `attempt` (from 1): a random time in 0…min(cap, base·2^(attempt−1)) ("full jitter"),
 * or what the server asked for in `Retry-After` plus up to a base of jitter, so that clients do not return together.
 */
export function backoffMs(attempt: number, { baseMs, capMs }: Backoff, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs + Math.random() * baseMs;
  return Math.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1));
}

/** `Retry-After` as milliseconds: seconds or an HTTP date; undefined when absent or senseless; at most five minutes. */
export function parseRetryAfter(value: string | null | undefined, now = Date.now()): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 300_000) : undefined;
}

/** Waits, or rejects with the signal's reason. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await sleep(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
}
