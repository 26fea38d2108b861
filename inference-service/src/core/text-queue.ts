// SPDX-License-Identifier: Apache-2.0
import type { TextBatchOutput } from './engine-port.ts';
import { Gate } from './gate.ts';
import type { Observer } from './observer-port.ts';
import { createPriorityLane, type Priority, type PriorityLane } from './priority-lane.ts';

/** Texts of one request, for one space. */
export interface TextJob {
  readonly texts: readonly string[];
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
}

export interface EmbeddedText {
  /** As the graph gives it. */
  readonly vector: Float32Array;
  /** Before the text was cut. */
  readonly tokens: number;
  readonly queueMs: number;
  readonly inferMs: number;
}

export interface TextQueueOptions {
  readonly space: string;
  readonly dims: number;
  readonly maxBatchesInFlight: () => number;
  readonly holdMs: number;
  readonly observer?: Pick<Observer, 'onStage'> | undefined;
  readonly run: (texts: readonly string[]) => Promise<TextBatchOutput>;
}

interface Entry {
  readonly text: string;
  readonly priority: Priority;
  readonly submittedAt: number;
  resolve(embedded: EmbeddedText): void;
  reject(reason: unknown): void;
}

/** Short texts cost a CPU little more together than one alone; of long ones more would hold up the next query. */
const MOST_BATCH_TEXTS = 8;
/** Texts waiting or running; a request has half as many at most. */
const CAPACITY = 4096;
const RESERVED_SHARE = 0.25;
const MOST_HELD = 256;

/** The queue of one space for words: batches across requests, interactive before bulk. */
export class TextQueue {
  readonly #options: TextQueueOptions;
  readonly #lane: PriorityLane<Entry> = createPriorityLane(() => performance.now());
  readonly #gate: Gate;
  #batchesInFlight = 0;

  constructor(options: TextQueueOptions) {
    this.#options = options;
    this.#gate = new Gate({
      what: `texts for ${options.space}`,
      capacity: CAPACITY,
      reserved: CAPACITY * RESERVED_SHARE,
      maxWaiting: () => 0,
      holdMs: options.holdMs,
      maxHeld: MOST_HELD,
    });
  }

  /** Texts waiting or running. */
  get load(): number {
    return this.#gate.load;
  }

  /** @throws ServiceError queue_full; what the engine throws; the signal's reason */
  submit(job: TextJob): Promise<readonly EmbeddedText[]> {
    const { priority, signal, texts } = job;
    return this.#gate.enter({ priority, signal, weight: texts.length }, () => this.#enqueue(job));
  }

  async #enqueue({ texts, priority, signal }: TextJob): Promise<readonly EmbeddedText[]> {
    const submittedAt = performance.now();
    const entries: Entry[] = [];
    const all = texts.map((text) => {
      const { promise, resolve, reject } = Promise.withResolvers<EmbeddedText>();
      entries.push({ text, priority, submittedAt, resolve, reject });
      return promise;
    });
    const giveUp = (reason: unknown): void => {
      for (const entry of entries) {
        this.#lane.remove(entry);
        entry.reject(reason);
      }
    };
    const onAbort = (): void => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    for (const entry of entries) this.#lane.add(entry);
    this.#pump();
    try {
      const embedded = await Promise.all(all);
      this.#observe(submittedAt, embedded);
      return embedded;
    } catch (error) {
      giveUp(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #observe(submittedAt: number, embedded: readonly EmbeddedText[]): void {
    const startedAt = submittedAt + Math.min(...embedded.map(({ queueMs }) => queueMs));
    this.#options.observer?.onStage('queue', submittedAt, startedAt);
    this.#options.observer?.onStage('infer', startedAt, performance.now());
  }

  #takeBatch(): Entry[] {
    const batch: Entry[] = [];
    for (let entry = this.#lane.peek(); entry && batch.length < MOST_BATCH_TEXTS; entry = this.#lane.peek()) {
      this.#lane.remove(entry);
      batch.push(entry);
    }
    return batch;
  }

  #pump(): void {
    while (this.#batchesInFlight < this.#options.maxBatchesInFlight()) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      this.#batchesInFlight += 1;
      void this.#runBatch(batch).finally(() => {
        this.#batchesInFlight -= 1;
        this.#pump();
      });
    }
  }

  async #runBatch(batch: readonly Entry[]): Promise<void> {
    const { dims, run } = this.#options;
    const startedAt = performance.now();
    try {
      const { vectors, tokens, inferMs } = await run(batch.map(({ text }) => text));
      for (const [row, { submittedAt, resolve }] of batch.entries()) {
        const vector = vectors.slice(row * dims, (row + 1) * dims);
        resolve({ vector, tokens: tokens[row] ?? 0, queueMs: startedAt - submittedAt, inferMs });
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
