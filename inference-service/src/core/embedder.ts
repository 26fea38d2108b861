// SPDX-License-Identifier: Apache-2.0
import type { Pooling } from '@earshot/models';
import type { Space } from '@earshot/models/registry';
import type { DecodeInfo, InputType } from '../contract/embeddings.ts';
import type { DecodedRecording, Decoder } from './decoder-port.ts';
import { embedContours } from './embed-contours.ts';
import { createEmbedStream, type EmbedStream, type SamplesEmbedding, type SegmentVector } from './embed-stream.ts';
import { embedWindows, type ReadyWindows, type WindowVectors } from './embed-windows.ts';
import type { Engine } from './engine-port.ts';
import { Gate } from './gate.ts';
import { createMelodyStream } from './melody-stream.ts';
import type { Observer } from './observer-port.ts';
import type { Priority } from './priority-lane.ts';
import { resolveHop } from './resolve-hop.ts';
import { ServiceError } from './service-error.ts';
import { createSpaceQueues, type SpaceQueues } from './space-queues.ts';

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
  /** Use what a damaged file still gives. */
  readonly lenient?: boolean | undefined;
  /** What the vectors are for; only spaces of melodies make a difference. Default: ingest. */
  readonly inputType?: InputType | undefined;
  /** Keep the vectors of the windows in the result. */
  readonly keepSegments?: boolean | undefined;
  /** Takes the vector of each window as soon as it is there, in order, space by space. */
  readonly onSegment?: ((space: Space, segment: TimedSegment) => Promise<void> | undefined) | undefined;
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
  /** The deadline on the clock of `performance.now()`: what would surely miss it is turned away at once. */
  readonly deadlineAt?: number | undefined;
}

/** A window's vector with its times from the start of the recording, whatever the offset was. */
export interface TimedSegment {
  readonly startMs: number;
  readonly endMs: number;
  /** null where nothing sounds. */
  readonly vector: Float32Array | null;
}

export interface RecordingEmbedding extends Omit<SamplesEmbedding, 'segments' | 'totalSamples'> {
  readonly space: Space;
  readonly segments: readonly TimedSegment[];
  /** Of the part looked at. */
  readonly durationMs: number;
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
  /**
   * Contours made by the caller → vectors, through the queue of a space of melodies.
   * @throws ServiceError queue_full, audio_too_long
   */
  embedContours(
    space: Space,
    ready: ReadyWindows,
    options: Pick<EmbedOptions, 'priority' | 'signal'>,
  ): Promise<WindowVectors>;
  /** Windows waiting or running, of all spaces. */
  queuedWindows(priority: Priority): number;
}

export interface EmbedderOptions {
  /** Live: spaces come and go. */
  readonly spaces: ReadonlyMap<string, Space>;
  readonly engine: Engine;
  readonly decoder: Decoder;
  readonly maxAudioSeconds: number;
  readonly maxQueueWindows: number;
  /** Recordings under way at once: some being decoded, some waiting for the engine. */
  readonly maxRecordings: number;
  /** How long what finds everything full is held before it is turned away, ms. */
  readonly holdMs: number;
  readonly maxBatchWindows: () => number;
  readonly observer?: Observer | undefined;
}

/** Share of the recordings under way that bulk work may not take. */
const RESERVED_SHARE = 0.25;
/** Recordings wait in line about as long as an Elasticsearch query waits for its vector (10 s), less the work itself. */
const LONGEST_LINE_SECONDS = 8;
/** So many per recording under way may wait whatever the measured speed, and at most. */
const LINE_PER_PLACE = { least: 2, most: 64 };
const MOST_HELD = 256;

function timed({ card }: Space, segment: SegmentVector, offsetSeconds = 0): TimedSegment {
  const toMs = (sample: number): number =>
    Math.round(offsetSeconds * 1000) + Math.round((sample * 1000) / card.input.sampleRateHz);
  const { startSample, endSample, vector } = segment;
  return { startMs: toMs(startSample), endMs: toMs(endSample), vector };
}

function toRecording(
  space: Space,
  { segments, totalSamples, ...embedding }: SamplesEmbedding,
  { decoded, offsetSeconds = 0 }: { readonly decoded: DecodedRecording; readonly offsetSeconds: number | undefined },
): RecordingEmbedding {
  return {
    ...embedding,
    space,
    segments: segments.map((segment) => timed(space, segment, offsetSeconds)),
    queueMs: decoded.queueMs + embedding.queueMs,
    durationMs: Math.round((totalSamples * 1000) / space.card.input.sampleRateHz),
    decode: decoded.info,
    decodeMs: decoded.decodeMs,
  };
}

/** Settles with all; fails with the first failure, and only when none is running any more. */
async function allSettled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** The whole path of one recording: file → samples → windows → vectors, for one or several spaces. */
export class RecordingEmbedder implements Embedder {
  readonly #deps: EmbedderOptions;
  readonly #gate: Gate;
  readonly #queues: SpaceQueues;

  constructor(deps: EmbedderOptions) {
    this.#deps = deps;
    this.#queues = createSpaceQueues(deps);
    const { maxRecordings, holdMs } = deps;
    const { least, most } = LINE_PER_PLACE;
    this.#gate = new Gate({
      what: 'recordings',
      capacity: maxRecordings,
      reserved: Math.max(1, Math.floor(maxRecordings * RESERVED_SHARE)),
      maxWaiting: (perSecond = 0) =>
        Math.min(maxRecordings * most, Math.max(maxRecordings * least, perSecond * LONGEST_LINE_SECONDS)),
      holdMs,
      maxHeld: MOST_HELD,
    });
  }

  queuedWindows(priority: Priority): number {
    return this.#queues.queuedWindows(priority);
  }

  admit(models: readonly string[], options: Pick<EmbedOptions, 'windowSeconds' | 'hopSeconds'>): readonly Space[] {
    const spaces = models.map((id) => {
      const space = this.#deps.spaces.get(id);
      if (!space) throw new ServiceError('model_not_found', `There is no space ${id} here`, { param: 'model' });
      resolveHop(space.card, options);
      this.#assertServing(id);
      return space;
    });
    this.#gate.assertNotOverrun();
    return spaces;
  }

  embed(path: string, wanted: readonly Space[], options: EmbedOptions): Promise<readonly RecordingEmbedding[]> {
    const arrivedAt = performance.now();
    return this.#gate.enter(options, async () => {
      const waitedMs = performance.now() - arrivedAt;
      const results = new Map<Space, RecordingEmbedding>();
      for (const members of Map.groupBy(wanted, (space) => space.card.input.sampleRateHz).values())
        for (const result of await this.#embedAtOneRate(path, members, options))
          results.set(result.space, { ...result, queueMs: result.queueMs + waitedMs });
      return wanted.map((space) => results.get(space)).filter((result) => result !== undefined);
    });
  }

  /** One decoding for all spaces of a sample rate; the slowest of them sets the pace. */
  async #embedAtOneRate(
    path: string,
    members: readonly Space[],
    options: EmbedOptions,
  ): Promise<readonly RecordingEmbedding[]> {
    const failure = new AbortController();
    const signal = AbortSignal.any([options.signal, failure.signal]);
    const streams = members.map((space) => this.#createStream(space, { ...options, signal }));
    const { offsetSeconds, durationSeconds, peaks, lenient, priority } = options;
    try {
      const decoded = await this.#deps.decoder.decode({
        path,
        sampleRateHz: members[0]?.card.input.sampleRateHz ?? 0,
        maxSeconds: this.#deps.maxAudioSeconds,
        ...{ offsetSeconds, durationSeconds, peaks, lenient, priority, signal },
        onSamples: (samples) => {
          const pending = streams.map((stream) => stream.write(samples)).filter((wait) => wait !== undefined);
          return pending.length === 0 ? undefined : allSettled(pending).then(() => undefined);
        },
      });
      const embedded = await allSettled(streams.map((stream) => stream.finish()));
      return members.flatMap((space, index) => {
        const result = embedded[index];
        return result ? [toRecording(space, result, { decoded, offsetSeconds })] : [];
      });
    } catch (error) {
      // Windows still in a queue are of no use to anybody.
      failure.abort(error);
      throw error;
    }
  }

  #createStream(space: Space, options: EmbedOptions): EmbedStream {
    const { onSegment, keepSegments = false, priority, signal, offsetSeconds, inputType = 'ingest' } = options;
    const { card } = space;
    const streamOptions = {
      queue: this.#queues.windows(space),
      hopSamples: resolveHop(card, options),
      pooling: options.pooling ?? card.pooling,
      ...{ priority, signal, keepSegments },
      onSegment: onSegment && ((segment: SegmentVector) => onSegment(space, timed(space, segment, offsetSeconds))),
    };
    const { melody } = card;
    if (!melody) return createEmbedStream(card, streamOptions);
    const contours = this.#queues.contours(space);
    return createMelodyStream({ ...card, melody }, { ...streamOptions, contours, inputType });
  }

  #assertServing(id: string): void {
    const { isUp, failedSpaces, problems } = this.#deps.engine.status();
    const reason = isUp ? failedSpaces.get(id) : (problems[0] ?? 'the inference host is starting');
    if (reason !== undefined)
      throw new ServiceError('not_ready', `${id} cannot be served now: ${reason}`, {
        retryAfterSeconds: NOT_READY_RETRY_SECONDS,
      });
  }

  embedWindows(
    space: Space,
    ready: ReadyWindows,
    { priority, signal }: Pick<EmbedOptions, 'priority' | 'signal'>,
  ): Promise<WindowVectors> {
    const { windowSamples, sampleRateHz } = space.card.input;
    this.#deps.observer?.onAudio((ready.count * windowSamples) / sampleRateHz);
    return embedWindows(space.card, ready, { queue: this.#queues.windows(space), priority, signal });
  }

  async embedContours(
    space: Space,
    { windows, count }: ReadyWindows,
    { priority, signal }: Pick<EmbedOptions, 'priority' | 'signal'>,
  ): Promise<WindowVectors> {
    const points = windows.length / count;
    const vectors: Float32Array[] = [];
    const job = {
      count,
      contourOf: (index: number) => windows.subarray(index * points, (index + 1) * points),
      take: (_index: number, vector: Float32Array) => void vectors.push(vector),
    };
    const options = { queue: this.#queues.contours(space), priority, signal, isContinuation: false };
    return { vectors, ...(await embedContours(space.card, job, options)) };
  }
}
