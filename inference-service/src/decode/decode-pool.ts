// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { DecodeError } from './decode-error.ts';

/** `interactive`: somebody waits for the answer; `bulk`: a sync run. */
export type DecodePriority = 'interactive' | 'bulk';

export interface DecodePoolOptions {
  /** Decodes at the same time; default cores − 1, 1…8. */
  readonly maxConcurrent?: number;
  /** Decodes that may wait; one more is refused with `queue_full`. Default 256. */
  readonly maxWaiting?: number;
}

export interface PooledTask<T> {
  readonly value: T;
  /** Time spent waiting for a slot, milliseconds. */
  readonly queueMs: number;
}

/** The place of a running task. */
export interface DecodeSlot {
  /**
   * Gives the place away while the task waits for somebody else, and takes one again when it goes on: a decoder that
   * is held up uses no processor, and must not keep others from decoding.
   */
  lendWhile(pending: Promise<void>): Promise<void>;
}

export interface DecodePool {
  /**
   * Runs a task when a slot is free: interactive before bulk, each in order of arrival. A task whose signal fires
   * while it waits is dropped and never started.
   */
  run<T>(
    task: (slot: DecodeSlot) => Promise<T>,
    options: { readonly priority: DecodePriority; readonly signal?: AbortSignal },
  ): Promise<PooledTask<T>>;
  readonly running: number;
  readonly waiting: number;
  readonly maxConcurrent: number;
}

interface Waiter {
  readonly start: () => void;
}

interface Entrance {
  readonly signal: AbortSignal | undefined;
  /** It was running before: it is not refused for the length of the queue. */
  readonly isReturning: boolean;
}

const defaultConcurrency = (): number => Math.min(8, Math.max(1, availableParallelism() - 1));

/** A bulk task goes first after this many interactive ones in a row, so that a busy panel cannot stop a sync. */
const MOST_INTERACTIVE_IN_A_ROW = 8;

/** Bounds the decoder processes of this service. */
export function createDecodePool(options: DecodePoolOptions = {}): DecodePool {
  const { maxConcurrent = defaultConcurrency(), maxWaiting = 256 } = options;
  const queues: Record<DecodePriority, Waiter[]> = { interactive: [], bulk: [] };
  let running = 0;
  let interactiveInARow = 0;

  const waiting = (): number => queues.interactive.length + queues.bulk.length;

  function next(): Waiter | undefined {
    const isBulkDue = interactiveInARow >= MOST_INTERACTIVE_IN_A_ROW && queues.bulk.length > 0;
    const waiter = isBulkDue ? undefined : queues.interactive.shift();
    interactiveInARow = waiter === undefined ? 0 : interactiveInARow + 1;
    return waiter ?? queues.bulk.shift();
  }

  /** Resolves when the caller holds a slot. */
  function enter(priority: DecodePriority, { signal, isReturning }: Entrance): Promise<void> {
    if (running < maxConcurrent && waiting() === 0) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting() >= maxWaiting && !isReturning)
      throw new DecodeError('queue_full', `${maxWaiting} recordings wait to be decoded.`);
    return new Promise((resolve, reject) => {
      const drop = () => {
        queues[priority].splice(queues[priority].indexOf(waiter), 1);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        start() {
          signal?.removeEventListener('abort', drop);
          resolve();
        },
      };
      signal?.addEventListener('abort', drop, { once: true });
      queues[priority].push(waiter);
    });
  }

  /** Hands the slot to the next in line, or frees it. */
  function leave(): void {
    const waiter = next();
    if (waiter === undefined) running -= 1;
    else waiter.start();
  }

  return {
    async run(task, { priority, signal }) {
      signal?.throwIfAborted();
      const arrived = performance.now();
      await enter(priority, { signal, isReturning: false });
      const queueMs = performance.now() - arrived;
      let hasPlace = true;
      const slot: DecodeSlot = {
        lendWhile: async (pending) => {
          leave();
          hasPlace = false;
          await pending;
          await enter(priority, { signal, isReturning: true });
          hasPlace = true;
        },
      };
      try {
        signal?.throwIfAborted();
        return { value: await task(slot), queueMs };
      } finally {
        if (hasPlace) leave();
      }
    },
    get running() {
      return running;
    },
    get waiting() {
      return waiting();
    },
    maxConcurrent,
  };
}
