// SPDX-License-Identifier: Apache-2.0
import type { Pooling } from '@earshot/models';
import type { Space } from '@earshot/models/registry';
import type { DecodeInfo } from '../contract/embeddings.ts';
import { BatchQueue } from './batch-queue.ts';
import type { DecodedRecording, Decoder } from './decoder-port.ts';
import { embedSamples, type SamplesEmbedding } from './embed-samples.ts';
import { embedWindows, type ReadyWindows, type WindowVectors } from './embed-windows.ts';
import type { Engine } from './engine-port.ts';
import { resolveHop } from './plan-windows.ts';
import type { Priority } from './priority-lane.ts';
import { createRecordingGate, type RecordingGate } from './recording-gate.ts';
import { ServiceError } from './service-error.ts';

/** Seconds after which a caller should ask again while a host starts. */
const NOT_READY_RETRY_SECONDS = 2;

export interface EmbedOptions {
  readonly windowSeconds?: number | undefined;
  readonly hopSeconds?: number | undefined;
  /** Default: as the card says. */
  readonly pooling?: Pooling | 'none' | undefined;
  readonly offsetSeconds?: number | undefined;
  readonly durationSeconds?: number | undefined;
  readonly peaks?: number | undefined;
  /** Of the file's content: known results of the same content may be given. */
  readonly sha256?: string | undefined;
  readonly isCacheBypassed?: boolean | undefined;
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
}

export interface RecordingEmbedding extends SamplesEmbedding {
  readonly space: Space;
  /** Of the part looked at. */
  readonly durationMs: number;
  /** Where that part starts in the recording. */
  readonly offsetMs: number;
  readonly decode: DecodeInfo;
  readonly decodeMs: number;
  /** Absent where no cache was asked. */
  readonly cache?: 'hit' | 'miss';
}

export interface Embedder {
  /**
   * Refuses early what could not be served: before an upload is read.
   * @throws ServiceError model_not_found, not_ready, queue_full, invalid_parameter
   */
  admit(models: readonly string[], options: Pick<EmbedOptions, 'windowSeconds' | 'hopSeconds'>): readonly Space[];
  /** One result a space, in order; the recording is decoded once per sample rate. */
  embed(path: string, spaces: readonly Space[], options: EmbedOptions): Promise<readonly RecordingEmbedding[]>;
  /**
   * Windows cut by the caller → vectors, through the queue of the space.
   * @throws ServiceError silent_audio, queue_full, audio_too_long
   */
  embedWindows(
    space: Space,
    ready: ReadyWindows,
    options: Pick<EmbedOptions, 'priority' | 'signal'>,
  ): Promise<WindowVectors>;
  /** Windows waiting in all queues. */
  readonly queuedWindows: number;
}

export interface EmbedderOptions {
  readonly spaces: ReadonlyMap<string, Space>;
  readonly engine: Engine;
  readonly decoder: Decoder;
  readonly maxAudioSeconds: number;
  readonly maxQueueWindows: number;
  /** Recordings held as samples at once: some decoded, some waiting for the engine. */
  readonly maxRecordings: number;
  readonly maxBatchWindows: () => number;
}

/** The whole path of one recording: file → samples → windows → vectors, for one or several spaces. */
export class RecordingEmbedder implements Embedder {
  readonly #deps: EmbedderOptions;
  readonly #gate: RecordingGate;
  readonly #queues: ReadonlyMap<string, BatchQueue>;

  constructor(deps: EmbedderOptions) {
    this.#deps = deps;
    this.#gate = createRecordingGate(deps.maxRecordings);
    this.#queues = new Map([...deps.spaces].map(([id, space]) => [id, this.#createQueue(space)]));
  }

  get queuedWindows(): number {
    return [...this.#queues.values()].reduce((sum, queue) => sum + queue.queuedWindows, 0);
  }

  admit(models: readonly string[], options: Pick<EmbedOptions, 'windowSeconds' | 'hopSeconds'>): readonly Space[] {
    return models.map((id) => {
      const space = this.#deps.spaces.get(id);
      if (!space) throw new ServiceError('model_not_found', `There is no space ${id} here`, { param: 'model' });
      resolveHop(space.card, options);
      this.#assertServing(id);
      this.#queueOf(id).assertRoom(1);
      return space;
    });
  }

  embed(path: string, wanted: readonly Space[], options: EmbedOptions): Promise<readonly RecordingEmbedding[]> {
    return this.#gate.enter(options.priority, options.signal, async () => {
      const byRate = Map.groupBy(wanted, (space) => space.card.input.sampleRateHz);
      const results = new Map<Space, RecordingEmbedding>();
      for (const [sampleRateHz, members] of byRate) {
        const decoded = await this.#decode(path, sampleRateHz, options);
        const embedded = await Promise.all(members.map((space) => this.#embedOne(space, decoded, options)));
        for (const result of embedded) results.set(result.space, result);
      }
      return wanted.map((space) => results.get(space)).filter((result) => result !== undefined);
    });
  }

  #createQueue(space: Space): BatchQueue {
    const { engine, maxQueueWindows, maxBatchWindows } = this.#deps;
    const { card } = space;
    return new BatchQueue({
      space: card.id,
      dims: card.dims,
      windowSamples: card.input.windowSamples,
      maxQueueWindows,
      maxBatchWindows,
      run: (windows, count) => engine.run(space, windows, count),
    });
  }

  #queueOf(id: string): BatchQueue {
    const queue = this.#queues.get(id);
    if (!queue) throw new ServiceError('model_not_found', `There is no space ${id} here`, { param: 'model' });
    return queue;
  }

  #assertServing(id: string): void {
    const { isUp, failedSpaces, problems } = this.#deps.engine.status();
    const reason = isUp ? failedSpaces.get(id) : (problems[0] ?? 'the inference host is starting');
    if (reason !== undefined)
      throw new ServiceError('not_ready', `${id} cannot be served now: ${reason}`, {
        retryAfterSeconds: NOT_READY_RETRY_SECONDS,
      });
  }

  #decode(path: string, sampleRateHz: number, options: EmbedOptions): Promise<DecodedRecording> {
    const { offsetSeconds, durationSeconds, peaks, priority, signal } = options;
    const part = { maxSeconds: this.#deps.maxAudioSeconds, offsetSeconds, durationSeconds };
    return this.#deps.decoder.decode({ path, sampleRateHz, ...part, peaks, priority, signal });
  }

  async #embedOne(space: Space, decoded: DecodedRecording, options: EmbedOptions): Promise<RecordingEmbedding> {
    const { card } = space;
    const result = await embedSamples(card, decoded.samples, {
      queue: this.#queueOf(card.id),
      hopSamples: resolveHop(card, options),
      pooling: options.pooling ?? card.pooling,
      priority: options.priority,
      signal: options.signal,
    });
    return {
      ...result,
      queueMs: decoded.queueMs + result.queueMs,
      space,
      durationMs: Math.round((decoded.samples.length * 1000) / card.input.sampleRateHz),
      offsetMs: Math.round((options.offsetSeconds ?? 0) * 1000),
      decode: decoded.info,
      decodeMs: decoded.decodeMs,
    };
  }

  embedWindows(
    space: Space,
    ready: ReadyWindows,
    { priority, signal }: Pick<EmbedOptions, 'priority' | 'signal'>,
  ): Promise<WindowVectors> {
    return embedWindows(space.card, ready, { queue: this.#queueOf(space.card.id), priority, signal });
  }
}
