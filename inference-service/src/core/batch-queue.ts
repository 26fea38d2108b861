// SPDX-License-Identifier: Apache-2.0
import { createDrainRate } from './drain-rate.ts';
import type { BatchOutput } from './engine-port.ts';
import { createPriorityLane, type Priority, type PriorityLane } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';

/** The windows of one recording for one space. */
export interface WindowJob {
  readonly count: number;
  /** Writes window `index` at `at`. Called only when a batch is made up, so windows are never held twice. */
  copyWindow(index: number, into: Float32Array, at: number): void;
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
}

export interface JobOutput {
  /** One a window, in order. */
  readonly vectors: readonly Float32Array[];
  /** Waiting for the first batch, ms. */
  readonly queueMs: number;
  /** Sum over the batches this job was in, ms. */
  readonly inferMs: number;
}

export interface BatchQueueOptions {
  readonly space: string;
  readonly dims: number;
  readonly windowSamples: number;
  readonly maxQueueWindows: number;
  /** Depends on the device, which may change at a restart. */
  readonly maxBatchWindows: () => number;
  readonly run: (windows: Float32Array, count: number) => Promise<BatchOutput>;
  readonly now?: () => number;
}

interface Entry {
  readonly job: WindowJob;
  readonly priority: Priority;
  readonly submittedAt: number;
  readonly vectors: Float32Array[];
  /** Next window to hand to a batch. */
  next: number;
  startedAt: number | undefined;
  inferMs: number;
  readonly settle: { resolve(output: JobOutput): void; reject(reason: unknown): void };
}

interface Slot {
  readonly entry: Entry;
  readonly window: number;
}

/** Puts a batch's rows back to their recordings and names those with a value that is no number: they fail alone. */
function distribute(slots: readonly Slot[], output: BatchOutput, dims: number): ReadonlySet<Entry> {
  const failed = new Set<Entry>();
  for (const [row, { entry, window }] of slots.entries()) {
    const vector = output.vectors.slice(row * dims, (row + 1) * dims);
    if (!vector.every(Number.isFinite)) failed.add(entry);
    entry.vectors[window] = vector;
  }
  for (const entry of new Set(slots.map((slot) => slot.entry))) entry.inferMs += output.inferMs;
  return failed;
}

/** Windows are handed out in order, one batch at a time: a recording is done with its last one. */
function resolveFinished(slots: readonly Slot[]): void {
  for (const { entry, window } of slots)
    if (window === entry.job.count - 1)
      entry.settle.resolve({
        vectors: entry.vectors,
        queueMs: (entry.startedAt ?? entry.submittedAt) - entry.submittedAt,
        inferMs: entry.inferMs,
      });
}

/** One space's queue: bounded in windows, served in batches, one batch at a time. */
export class BatchQueue {
  readonly #options: BatchQueueOptions;
  readonly #now: () => number;
  readonly #lane: PriorityLane<Entry>;
  readonly #rate = createDrainRate();
  #isRunning = false;
  #inFlight = 0;

  constructor(options: BatchQueueOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#lane = createPriorityLane<Entry>(this.#now);
  }

  get queuedWindows(): number {
    let sum = this.#inFlight;
    for (const entry of this.#lane.entries()) sum += entry.job.count - entry.next;
    return sum;
  }

  /** @throws ServiceError queue_full at once when there is no room for that many windows more */
  assertRoom(windows: number): void {
    const { maxQueueWindows, space } = this.#options;
    if (windows > maxQueueWindows)
      throw new ServiceError(
        'audio_too_long',
        `The recording has ${windows} windows for ${space}; one request may have ${maxQueueWindows}`,
      );
    const queued = this.queuedWindows;
    if (queued + windows <= maxQueueWindows) return;
    throw new ServiceError('queue_full', `The queue of ${space} is full (${queued} windows waiting)`, {
      retryAfterSeconds: this.#rate.retryAfterSeconds(queued),
    });
  }

  async submit(job: WindowJob): Promise<JobOutput> {
    job.signal.throwIfAborted();
    this.assertRoom(job.count);
    const { promise, resolve, reject } = Promise.withResolvers<JobOutput>();
    const entry: Entry = {
      job,
      priority: job.priority,
      submittedAt: this.#now(),
      vectors: [],
      next: 0,
      startedAt: undefined,
      inferMs: 0,
      settle: { resolve, reject },
    };
    const onAbort = (): void => this.#fail(entry, job.signal.reason);
    job.signal.addEventListener('abort', onAbort, { once: true });
    this.#lane.add(entry);
    void this.#drain();
    return promise.finally(() => job.signal.removeEventListener('abort', onAbort));
  }

  #fail(entry: Entry, error: unknown): void {
    this.#lane.remove(entry);
    entry.settle.reject(error);
  }

  #takeBatch(): Slot[] {
    const slots: Slot[] = [];
    const limit = this.#options.maxBatchWindows();
    for (let entry = this.#lane.peek(); entry && slots.length < limit; entry = this.#lane.peek()) {
      entry.startedAt ??= this.#now();
      while (entry.next < entry.job.count && slots.length < limit) slots.push({ entry, window: entry.next++ });
      if (entry.next === entry.job.count) this.#lane.remove(entry);
    }
    return slots;
  }

  async #drain(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let slots = this.#takeBatch(); slots.length > 0; slots = this.#takeBatch()) await this.#runBatch(slots);
    this.#isRunning = false;
  }

  async #runBatch(slots: readonly Slot[]): Promise<void> {
    const { windowSamples, dims } = this.#options;
    const windows = new Float32Array(slots.length * windowSamples);
    for (const [row, { entry, window }] of slots.entries()) entry.job.copyWindow(window, windows, row * windowSamples);
    const startedAt = this.#now();
    this.#inFlight = slots.length;
    try {
      const output = await this.#options.run(windows, slots.length);
      this.#rate.record(slots.length, this.#now() - startedAt);
      for (const entry of distribute(slots, output, dims))
        this.#fail(entry, new ServiceError('undecodable_audio', 'The samples of the recording give no finite vector'));
      resolveFinished(slots);
    } catch (error) {
      for (const { entry } of slots) this.#fail(entry, error);
    } finally {
      this.#inFlight = 0;
    }
  }
}
