// SPDX-License-Identifier: Apache-2.0
import type { BatchQueue, JobOutput } from './batch-queue.ts';
import type { Priority } from './priority-lane.ts';
import type { Window, WindowCutter } from './window-cutter.ts';

export interface WindowFlowOptions {
  readonly queue: Pick<BatchQueue, 'submit'>;
  readonly cutter: WindowCutter;
  readonly windowSamples: number;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /**
   * Takes each window in order with what the graph gives for it, null where nothing sounds; while its promise is pending,
   * no further samples are taken.
   */
  readonly take: (window: Window, output: Float32Array | null) => Promise<void> | undefined;
}

/** Times of a part of the work, ms. */
export interface FlowTimes {
  readonly queueMs: number;
  readonly inferMs: number;
}

/** The way of one recording through a graph: samples → windows → what the graph gives for each, in flat memory. */
export interface WindowFlow {
  readonly totalSamples: number;
  /** @returns a promise while there is more under way than should be: write again when it resolves */
  write(samples: Float32Array): Promise<void> | undefined;
  /** @throws what the queue throws */
  finish(): Promise<FlowTimes>;
}

/** Windows are handed to the queue in blocks of so many bytes at most: several recordings fill a batch together. */
const BLOCK_BYTES = 8 * 1024 * 1024;
const MOST_BLOCK_WINDOWS = 64;
/** Silent windows cost nothing, but their places in the result do. */
const MOST_BLOCK_SEGMENTS = 512;
/** One block in the queue while the next one is being decoded. */
const MOST_BLOCKS_UNDERWAY = 2;

/** Vectors of a block's sounding windows, in order. */
function createJob(windows: readonly Float32Array[], options: WindowFlowOptions, isContinuation: boolean) {
  const { priority, signal } = options;
  const copyWindow = (index: number, into: Float32Array, at: number): void => into.set(windows[index] ?? [], at);
  return { count: windows.length, priority, signal, isContinuation, copyWindow };
}

class BlockwiseFlow implements WindowFlow {
  readonly #options: WindowFlowOptions;
  readonly #mostWindows: number;
  /** Cut, not yet handed to the queue. */
  #block: Window[] = [];
  /** Blocks in the queue, oldest first; each is settled after the one before. */
  readonly #underway = new Set<Promise<void>>();
  #last: Promise<void> = Promise.resolve();
  #isFirst = true;
  #queueMs = 0;
  #inferMs = 0;

  constructor(options: WindowFlowOptions) {
    this.#options = options;
    const windowBytes = options.windowSamples * Float32Array.BYTES_PER_ELEMENT;
    this.#mostWindows = Math.min(MOST_BLOCK_WINDOWS, Math.max(1, Math.floor(BLOCK_BYTES / windowBytes)));
  }

  get totalSamples(): number {
    return this.#options.cutter.totalSamples;
  }

  write(samples: Float32Array): Promise<void> | undefined {
    const { signal, cutter } = this.#options;
    signal.throwIfAborted();
    return this.#cut(cutter.push(samples));
  }

  #cut(windows: Iterator<Window>): Promise<void> | undefined {
    for (let next = windows.next(); !next.done; next = windows.next()) {
      this.#block.push(next.value);
      const wait = this.#isBlockFull() ? this.#handOver() : undefined;
      if (wait !== undefined) return wait.then(() => this.#cut(windows));
    }
    return undefined;
  }

  async finish(): Promise<FlowTimes> {
    for (const window of this.#options.cutter.finish()) this.#block.push(window);
    void this.#handOver();
    await this.#last;
    return { queueMs: this.#queueMs, inferMs: this.#inferMs };
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
    const settled = Promise.all([output, this.#last]).then(([outputs]) => this.#settle(block, outputs));
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
    const rows = output?.vectors.values() ?? [].values();
    for (const window of block) {
      const row: Float32Array | undefined = window.samples ? rows.next().value : undefined;
      await this.#options.take(window, row ?? null);
    }
  }
}

/** After a failure the flow is of no further use. */
export function createWindowFlow(options: WindowFlowOptions): WindowFlow {
  return new BlockwiseFlow(options);
}
