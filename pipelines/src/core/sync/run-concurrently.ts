// SPDX-License-Identifier: Apache-2.0

/**
 * Calls `work` for every value, at most `limit` at once, until the source ends or `signal` is aborted; what has begun is
 * always waited for. The first error stops the intake and is thrown at the end.
 */
export async function runConcurrently<T>(
  source: AsyncIterable<T>,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (value: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const value of source) {
      if (signal.aborted || failure) break;
      const task = work(value)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => running.delete(task));
      running.add(task);
      if (running.size >= limit) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (failure) throw failure.error;
}
