// SPDX-License-Identifier: Apache-2.0
import { Budget } from './budget.ts';

/**
 * Calls `work` for every value, at most `limit` at once, until the source ends or `signal` is aborted; what has begun is
 * always waited for. The first error stops the intake and is thrown at the end.
 */
export async function runConcurrently<T>(
  source: AsyncIterable<T>,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (value: T) => Promise<void>,
): Promise<void> {
  // Not Promise.race over what is running: each race would leave a reaction on a promise that stays pending.
  const places = new Budget(limit);
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const value of source) {
      const leave = await places.acquire(1);
      if (signal.aborted || failure) {
        leave();
        break;
      }
      work(value)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(leave);
    }
  } finally {
    await places.acquire(limit);
  }
  if (failure) throw failure.error;
}
