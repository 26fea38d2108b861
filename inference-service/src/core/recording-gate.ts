// SPDX-License-Identifier: Apache-2.0
import { createPriorityLane, type Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';

/** Recordings that may wait for one slot before the service says that it is full. */
const WAITING_PER_SLOT = 64;
const RETRY_AFTER_SECONDS = 2;

export interface RecordingGate {
  /**
   * Runs `task` when a slot is free, interactive before bulk.
   * @throws ServiceError queue_full; the signal's reason when it aborts while waiting
   */
  enter<T>(priority: Priority, signal: AbortSignal, task: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly priority: Priority;
  readonly submittedAt: number;
  readonly open: () => void;
}

/** Bounds how many recordings are held as samples at once. */
export function createRecordingGate(slots: number): RecordingGate {
  const now = (): number => performance.now();
  const lane = createPriorityLane<Waiting>(now);
  let free = slots;

  const wait = (priority: Priority, signal: AbortSignal): Promise<void> => {
    if (lane.size >= slots * WAITING_PER_SLOT)
      throw new ServiceError('queue_full', `${lane.size} recordings are waiting`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Waiting = { priority, submittedAt: now(), open: resolve };
    const onAbort = (): void => {
      lane.remove(entry);
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    lane.add(entry);
    return promise.finally(() => signal.removeEventListener('abort', onAbort));
  };

  const leave = (): void => {
    const next = lane.peek();
    if (!next) {
      free += 1;
      return;
    }
    lane.remove(next);
    next.open();
  };

  return {
    enter: async (priority, signal, task) => {
      signal.throwIfAborted();
      if (free > 0) free -= 1;
      else await wait(priority, signal);
      try {
        signal.throwIfAborted();
        return await task();
      } finally {
        leave();
      }
    },
  };
}
