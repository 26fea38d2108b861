// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { BatchQueue } from './batch-queue.ts';
import type { Engine } from './engine-port.ts';
import type { Observer } from './observer-port.ts';
import type { Priority } from './priority-lane.ts';

/** The queues of all spaces: one a graph, and new ones for a space that is swapped; the old ones run dry. */
export interface SpaceQueues {
  /** Windows → what the graph of the space gives. */
  windows(space: Space): BatchQueue;
  /** Contours → vectors, in a space of melodies. */
  contours(space: Space): BatchQueue;
  /** Windows waiting or running, of all spaces. */
  queuedWindows(priority: Priority): number;
}

interface SpaceQueuesOptions {
  /** Live: spaces come and go. */
  readonly spaces: ReadonlyMap<string, Space>;
  readonly engine: Engine;
  readonly maxQueueWindows: number;
  readonly holdMs: number;
  readonly maxBatchWindows: () => number;
  readonly observer?: Observer | undefined;
}

/** A contour is a hundredth of a window's work: a batch of many costs less than the way to the host and back of each. */
const MOST_BATCH_CONTOURS = 64;
/** Contours waiting or running; a recording has so many at a time at most that several fit. */
const MOST_QUEUED_CONTOURS = 8192;

/** A queue a space as it was loaded. */
function createQueues(spaces: ReadonlyMap<string, Space>, create: (space: Space) => BatchQueue) {
  const queues = new Map<Space, BatchQueue>();
  const queueOf = (space: Space): BatchQueue => {
    const known = queues.get(space);
    if (known) return known;
    const current = new Set(spaces.values());
    for (const [old, queue] of queues) if (!current.has(old) && queue.queuedWindows === 0) queues.delete(old);
    const queue = create(space);
    queues.set(space, queue);
    return queue;
  };
  return { queues, queueOf };
}

export function createSpaceQueues(options: SpaceQueuesOptions): SpaceQueues {
  const { spaces, engine, maxQueueWindows, maxBatchWindows, holdMs, observer } = options;
  const maxBatchesInFlight = (): number => engine.status().maxBatchesInFlight;
  const windows = createQueues(spaces, (space) => {
    const { id, dims, input, melody } = space.card;
    return new BatchQueue({
      space: id,
      dims: melody ? melody.frames.perWindow * melody.frames.channels : dims,
      windowSamples: input.windowSamples,
      ...{ maxQueueWindows, maxBatchWindows, holdMs, observer, maxBatchesInFlight },
      run: (samples, count) => engine.run(space, samples, count),
    });
  });
  const contours = createQueues(spaces, (space) => {
    const { id, dims, melody } = space.card;
    return new BatchQueue({
      space: `${id} (contours)`,
      ...{ dims, holdMs, maxBatchesInFlight },
      windowSamples: melody?.encoder.points ?? 0,
      maxQueueWindows: MOST_QUEUED_CONTOURS,
      maxBatchWindows: () => MOST_BATCH_CONTOURS,
      // Batches are told in windows.
      observer: observer && { onStage: observer.onStage, onBatch: () => undefined },
      run: (rows, count) => engine.runContours(space, rows, count),
    });
  });
  return {
    windows: windows.queueOf,
    contours: contours.queueOf,
    queuedWindows: (priority) =>
      [...windows.queues.values()].reduce((sum, queue) => sum + queue.queuedWindowsOf(priority), 0),
  };
}
