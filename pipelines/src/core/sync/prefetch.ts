// SPDX-License-Identifier: Apache-2.0

/** Lets `source` run ahead of its reader by at most `limit` values, so that what lies ahead can be counted. */
export async function* prefetch<T>(source: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  const buffer: T[] = [];
  let isDone = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeReader = (): void => undefined;
  let wakeSource = (): void => undefined;
  const iterator = source[Symbol.asyncIterator]();
  let isClosed = false;
  const pump = async (): Promise<void> => {
    try {
      while (!isClosed) {
        const step = await iterator.next();
        if (step.done) break;
        buffer.push(step.value);
        wakeReader();
        if (buffer.length >= limit && !isClosed)
          await new Promise<void>((resolve) => {
            wakeSource = resolve;
          });
      }
    } catch (error) {
      failure = { error };
    }
    isDone = true;
    wakeReader();
  };
  const running = pump();
  try {
    for (;;) {
      const value = buffer.shift();
      if (value !== undefined) {
        wakeSource();
        yield value;
      } else if (failure) throw failure.error;
      else if (isDone) return;
      else
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
    }
  } finally {
    isClosed = true;
    wakeSource();
    await running;
    await iterator.return?.(undefined);
  }
}
