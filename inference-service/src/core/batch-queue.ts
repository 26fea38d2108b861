// SPDX-License-Identifier: Apache-2.0
import type { BatchOutput } from './engine-port.ts';
import { Gate } from './gate.ts';
import type { Observer } from './observer-port.ts';
import { createPriorityLane, type Priority, type PriorityLane } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';

/** Some consecutive windows of one recording for one space. */
export interface WindowJob {
  readonly count: number;
  /** Writes window `index` at `at`. Called only when a batch is made up, so windows are never held twice. */
  copyWindow(index: number, into: Float32Array, at: number): void;
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
  /** Not the first windows of the recording: they wait for room, however long that takes. */
  readonly isContinuation?: boolean;
}

export interface JobOutput {
  /** One a window, in order. */
  readonly vectors: readonly Float32Array[];
  /** Waiting for room and for the first batch, ms. */
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
  /** Batches handed over before the first is back: one a device, and one more each so that none waits for us. */
  readonly maxBatchesInFlight: () => number;
  /** How long what finds the queue full is held before it is turned away, ms. */
  readonly holdMs: number;
  readonly observer?: Pick<Observer, 'onBatch' | 'onStage'> | undefined;
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
  /** Windows that have come back. */
  done: number;
  startedAt: number | undefined;
  inferMs: number;
  readonly settle: { resolve(output: JobOutput): void; reject(reason: unknown): void };
}

interface Slot {
  readonly entry: Entry;
  readonly window: number;
}

/** Share of the queue that bulk work may not fill. */
const RESERVED_SHARE = 0.25;
const MOST_HELD = 256;

/** Puts a batch's rows back to their recordings and names those with a value that is no number: they fail alone. */
function distribute(slots: readonly Slot[], output: BatchOutput, dims: number): ReadonlySet<Entry> {
  const failed = new Set<Entry>();
  for (const [row, { entry, window }] of slots.entries()) {
    const vector = output.vectors.slice(row * dims, (row + 1) * dims);
    if (!vector.every(Number.isFinite)) failed.add(entry);
    entry.vectors[window] = vector;
    entry.done += 1;
  }
  for (const entry of new Set(slots.map((slot) => slot.entry))) entry.inferMs += output.inferMs;
  return failed;
}

function resolveFinished(slots: readonly Slot[]): void {
  for (const entry of new Set(slots.map((slot) => slot.entry)))
    if (entry.done === entry.job.count)
      entry.settle.resolve({
        vectors: entry.vectors,
        queueMs: (entry.startedAt ?? entry.submittedAt) - entry.submittedAt,
        inferMs: entry.inferMs,
      });
}

/**
 * The queue of one space, counted in windows: makes up batches across recordings, interactive before bulk, and keeps as
 * many in flight as the engine has use for.
 */
export class BatchQueue {
  readonly #options: BatchQueueOptions;
  readonly #now: () => number;
  readonly #lane: PriorityLane<Entry>;
  readonly #gate: Gate;
  /** Windows waiting or running. */
  readonly #windows: Record<Priority, number> = { interactive: 0, bulk: 0 };
  #batchesInFlight = 0;
  /** Room of the batch that came back last: made anew for each, it would be a fifth of the garbage of a bulk run. */
  #spare: Float32Array | undefined;

  constructor(options: BatchQueueOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#lane = createPriorityLane<Entry>(this.#now);
    this.#gate = new Gate({
      what: `windows of ${options.space}`,
      capacity: options.maxQueueWindows,
      reserved: Math.floor(options.maxQueueWindows * RESERVED_SHARE),
      maxWaiting: () => 0,
      holdMs: options.holdMs,
      maxHeld: MOST_HELD,
      now: this.#now,
    });
  }

  /** Windows waiting or running. */
  get queuedWindows(): number {
    return this.#gate.load;
  }

  queuedWindowsOf(priority: Priority): number {
    return this.#windows[priority];
  }

  /**
   * @throws ServiceError queue_full after a while without room, audio_too_long for more windows than the queue holds,
   *   undecodable_audio for samples that give no finite vector; the signal's reason
   */
  submit(job: WindowJob): Promise<JobOutput> {
    const { maxQueueWindows, space } = this.#options;
    if (job.count > maxQueueWindows)
      return Promise.reject(
        new ServiceError(
          'audio_too_long',
          `${job.count} windows for ${space} at once; the queue has ${maxQueueWindows}`,
        ),
      );
    const submittedAt = this.#now();
    const { priority, signal, count: weight, isContinuation: isPatient = false } = job;
    this.#windows[priority] += weight;
    return this.#gate
      .enter({ priority, signal, weight, isPatient }, () => this.#enqueue(job, submittedAt))
      .finally(() => {
        this.#windows[priority] -= weight;
      });
  }

  async #enqueue(job: WindowJob, submittedAt: number): Promise<JobOutput> {
    const { promise, resolve, reject } = Promise.withResolvers<JobOutput>();
    const entry: Entry = {
      job,
      priority: job.priority,
      submittedAt,
      vectors: [],
      next: 0,
      done: 0,
      startedAt: undefined,
      inferMs: 0,
      settle: { resolve, reject },
    };
    const onAbort = (): void => this.#fail(entry, job.signal.reason);
    job.signal.addEventListener('abort', onAbort, { once: true });
    this.#lane.add(entry);
    this.#pump();
    try {
      const output = await promise;
      this.#observe(entry);
      return output;
    } finally {
      job.signal.removeEventListener('abort', onAbort);
    }
  }

  #observe({ submittedAt, startedAt = submittedAt }: Entry): void {
    const { observer } = this.#options;
    observer?.onStage('queue', submittedAt, startedAt);
    observer?.onStage('infer', startedAt, this.#now());
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

  #pump(): void {
    while (this.#batchesInFlight < this.#options.maxBatchesInFlight()) {
      const slots = this.#takeBatch();
      if (slots.length === 0) return;
      this.#batchesInFlight += 1;
      void this.#runBatch(slots).finally(() => {
        this.#batchesInFlight -= 1;
        this.#pump();
      });
    }
  }

  async #runBatch(slots: readonly Slot[]): Promise<void> {
    const { windowSamples, dims } = this.#options;
    try {
      const windows = this.#roomFor(slots.length * windowSamples);
      for (const [row, { entry, window }] of slots.entries())
        entry.job.copyWindow(window, windows, row * windowSamples);
      const output = await this.#options.run(windows, slots.length);
      this.#spare = windows;
      this.#options.observer?.onBatch(slots.length);
      for (const entry of distribute(slots, output, dims))
        this.#fail(entry, new ServiceError('undecodable_audio', 'The samples of the recording give no finite vector'));
      resolveFinished(slots);
    } catch (error) {
      for (const { entry } of slots) this.#fail(entry, error);
    }
  }

  /** Of this very size: a part of a larger one would be sent to the host as a whole. What it holds is overwritten. */
  #roomFor(samples: number): Float32Array {
    const room = this.#spare?.length === samples ? this.#spare : new Float32Array(samples);
    this.#spare = undefined;
    return room;
  }
}
