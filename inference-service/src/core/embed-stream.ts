// SPDX-License-Identifier: Apache-2.0
import type { Card, Pooling } from '@earshot/models';
import type { RecordingStatus } from '../contract/embeddings.ts';
import type { BatchQueue, JobOutput } from './batch-queue.ts';
import { finishVector } from './finish-vector.ts';
import { createVectorPool } from './pool-vectors.ts';
import type { Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';
import { createWindowCutter, type Window } from './window-cutter.ts';

export interface SegmentVector {
  /** Samples from the start of the part given. */
  readonly startSample: number;
  readonly endSample: number;
  /** null where nothing sounds. */
  readonly vector: Float32Array | null;
}

export interface SamplesEmbedding {
  readonly status: RecordingStatus;
  /** Track vector; null for silence, for `pooling: none` and for spaces that have segment vectors only. */
  readonly vector: Float32Array | null;
  /** Empty when they were not to be kept. */
  readonly segments: readonly SegmentVector[];
  /** Windows, silent ones included. */
  readonly windowCount: number;
  readonly totalSamples: number;
  readonly queueMs: number;
  readonly inferMs: number;
}

export interface EmbedStreamOptions {
  readonly queue: Pick<BatchQueue, 'submit'>;
  readonly hopSamples: number;
  readonly pooling: Pooling | 'none';
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Keep the segments for the result: their number grows with the recording. */
  readonly keepSegments: boolean;
  /** Takes each segment in order as it is done; while its promise is pending, no further samples are taken. */
  readonly onSegment?: ((segment: SegmentVector) => Promise<void> | undefined) | undefined;
}

/** The way of one recording into one space: samples → windows → vectors → one vector, in flat memory. */
export interface EmbedStream {
  /** @returns a promise while there is more under way than should be: write again when it resolves */
  write(samples: Float32Array): Promise<void> | undefined;
  /** @throws ServiceError audio_too_short; what the queue throws */
  finish(): Promise<SamplesEmbedding>;
}

/** Windows are handed to the queue in blocks of so many bytes at most: several recordings fill a batch together. */
const BLOCK_BYTES = 8 * 1024 * 1024;
const MOST_BLOCK_WINDOWS = 64;
/** Silent windows cost nothing, but their places in the result do. */
const MOST_BLOCK_SEGMENTS = 512;
/** One block in the queue while the next one is being decoded. */
const MOST_BLOCKS_UNDERWAY = 2;

function assertLongEnough(card: Card, totalSamples: number): void {
  const { minSamples, sampleRateHz } = card.input;
  if (totalSamples >= minSamples) return;
  const seconds = (count: number): string => `${Number((count / sampleRateHz).toFixed(3))} s`;
  throw new ServiceError(
    'audio_too_short',
    `The recording is ${seconds(totalSamples)} long; ${card.id} needs ${seconds(minSamples)}`,
  );
}

/** Vectors of a block's sounding windows, in order. */
function createJob(windows: readonly Float32Array[], options: EmbedStreamOptions, isContinuation: boolean) {
  const { priority, signal } = options;
  const copyWindow = (index: number, into: Float32Array, at: number): void => into.set(windows[index] ?? [], at);
  return { count: windows.length, priority, signal, isContinuation, copyWindow };
}

class RecordingStream implements EmbedStream {
  readonly #card: Card;
  readonly #options: EmbedStreamOptions;
  readonly #cutter;
  readonly #pool;
  readonly #mostWindows: number;
  readonly #segments: SegmentVector[] = [];
  /** Cut, not yet handed to the queue. */
  #block: Window[] = [];
  /** Blocks in the queue, oldest first; each is settled after the one before. */
  readonly #underway = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #isFirst = true;
  #windowCount = 0;
  #firstVector: Float32Array | null = null;
  #queueMs = 0;
  #inferMs = 0;

  constructor(card: Card, options: EmbedStreamOptions) {
    this.#card = card;
    this.#options = options;
    this.#cutter = createWindowCutter(card.input, options.hopSamples);
    this.#pool = createVectorPool(card.dims, options.pooling === 'max' ? 'max' : 'mean');
    const windowBytes = card.input.windowSamples * Float32Array.BYTES_PER_ELEMENT;
    this.#mostWindows = Math.min(MOST_BLOCK_WINDOWS, Math.max(1, Math.floor(BLOCK_BYTES / windowBytes)));
  }

  write(samples: Float32Array): Promise<void> | undefined {
    this.#options.signal.throwIfAborted();
    return this.#cut(this.#cutter.push(samples));
  }

  #cut(windows: Iterator<Window>): Promise<void> | undefined {
    for (let next = windows.next(); !next.done; next = windows.next()) {
      this.#block.push(next.value);
      const wait = this.#isBlockFull() ? this.#handOver() : undefined;
      if (wait !== undefined) return wait.then(() => this.#cut(windows));
    }
    return undefined;
  }

  async finish(): Promise<SamplesEmbedding> {
    const { totalSamples } = this.#cutter;
    assertLongEnough(this.#card, totalSamples);
    for (const window of this.#cutter.finish()) this.#block.push(window);
    void this.#handOver();
    await this.#last;
    return {
      status: this.#firstVector ? 'ready' : 'silent',
      vector: this.#trackVector(),
      segments: this.#segments,
      windowCount: this.#windowCount,
      totalSamples,
      queueMs: this.#queueMs,
      inferMs: this.#inferMs,
    };
  }

  #isBlockFull(): boolean {
    const sounding = this.#block.filter(({ samples }) => samples !== null).length;
    return sounding >= this.#mostWindows || this.#block.length >= MOST_BLOCK_SEGMENTS;
  }

  /** Puts the block into the queue. The promise is there only while too many are on their way. */
  #handOver(): Promise<void> | undefined {
    const block = this.#block;
    this.#block = [];
    if (block.length === 0) return undefined;
    const windows = block.map(({ samples }) => samples).filter((samples) => samples !== null);
    const output =
      windows.length === 0 ? undefined : this.#options.queue.submit(createJob(windows, this.#options, !this.#isFirst));
    this.#isFirst &&= windows.length === 0;
    const settled = Promise.all([output, this.#last]).then(([vectors]) => this.#settle(block, vectors));
    this.#last = settled;
    this.#underway.add(settled);
    // A failure is met by whoever waits for the blocks; until then it is no unhandled one.
    settled.catch(() => undefined).finally(() => this.#underway.delete(settled));
    const [oldest] = this.#underway;
    return this.#underway.size < MOST_BLOCKS_UNDERWAY ? undefined : oldest;
  }

  async #settle(block: readonly Window[], output: JobOutput | undefined): Promise<void> {
    this.#queueMs += output?.queueMs ?? 0;
    this.#inferMs += output?.inferMs ?? 0;
    const vectors = output?.vectors.values() ?? [].values();
    for (const { startSample, endSample, samples } of block) {
      const raw: Float32Array | undefined = samples ? vectors.next().value : undefined;
      const vector = raw ? finishVector(this.#card, raw, false) : null;
      // As the graph gives them: those of loud, rich windows are longer, and weigh more in the recording's.
      if (raw && vector) this.#pool.add(raw);
      await this.#take({ startSample, endSample, vector });
    }
  }

  async #take(segment: SegmentVector): Promise<void> {
    this.#windowCount += 1;
    this.#firstVector ??= segment.vector;
    if (this.#options.keepSegments) this.#segments.push(segment);
    await this.#options.onSegment?.(segment);
  }

  #trackVector(): Float32Array | null {
    const pooled = this.#pool.result();
    if (!pooled || this.#options.pooling === 'none' || !this.#card.hasTrackVector) return null;
    // Windows that cancel each other out leave no direction: the first one stands for the recording.
    return finishVector(this.#card, pooled, true) ?? this.#firstVector;
  }
}

/** Windows without sound take no part. After a failure the stream is of no further use. */
export function createEmbedStream(card: Card, options: EmbedStreamOptions): EmbedStream {
  return new RecordingStream(card, options);
}
