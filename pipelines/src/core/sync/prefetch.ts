// SPDX-License-Identifier: Apache-2.0

/** First in, first out, in constant time; an array's own `shift` moves everything behind the first. */
class Queue<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    this.items.push(item);
  }

  /** Call only while `size` is above 0. */
  shift(): T {
    const item = this.items[this.head] as T;
    this.items[this.head++] = undefined;
    if (this.head >= 1024 && this.head * 2 >= this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}

const noop = (): void => undefined;

/**
 * Lets `source` run ahead of its reader by at most `limit` values, so that what lies ahead can be counted. Once full, it
 * goes on when half is taken: a source that reads pages works in few bursts.
 */
export async function* prefetch<T>(source: AsyncIterable<T>, limit: number): AsyncGenerator<T> {
  const buffer = new Queue<T>();
  let isDone = false;
  let isClosed = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeReader = noop;
  let wakeSource = noop;
  const iterator = source[Symbol.asyncIterator]();
  const pump = async (): Promise<void> => {
    try {
      while (!isClosed) {
        const step = await iterator.next();
        if (step.done) break;
        buffer.push(step.value);
        wakeReader();
        if (buffer.size >= limit && !isClosed)
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
      if (buffer.size > 0) {
        const value = buffer.shift();
        if (buffer.size <= limit / 2) wakeSource();
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
