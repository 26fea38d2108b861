// SPDX-License-Identifier: Apache-2.0
import type { Card, CardMelody } from '@earshot/models';
import {
  createFrameJoiner,
  frameHopMs,
  type HeardMelody,
  type HeldPitch,
  hearMelody,
  holdPitch,
  indexWindows,
  queryVersions,
  type Stretch,
  voicedPart,
} from '@earshot/models/melody';
import type { InputType } from '../contract/embeddings.ts';
import { type ContourQueue, embedContours } from './embed-contours.ts';
import { assertLongEnough, type EmbedStream, type EmbedStreamOptions, type SegmentVector } from './embed-stream.ts';
import { ServiceError } from './service-error.ts';
import { createWindowCutter } from './window-cutter.ts';
import { createWindowFlow, type FlowTimes } from './window-flow.ts';

export type MelodyCard = Card & { readonly melody: CardMelody };

export interface MelodyStreamOptions extends Omit<EmbedStreamOptions, 'hopSamples'> {
  /** Of the graph that embeds contours. */
  readonly contours: ContourQueue;
  readonly inputType: InputType;
}

/** @throws ServiceError melody_too_long */
function assertSearchable({ id, melody, input }: MelodyCard, { from, to }: Stretch): void {
  const seconds = ((to - from) * melody.frames.hopSamples) / input.sampleRateHz;
  if (seconds <= melody.query.maxSeconds) return;
  throw new ServiceError(
    'melody_too_long',
    `The melody is ${seconds.toFixed(1)} s long; ${id} searches with ${melody.query.maxSeconds} s at most`,
  );
}

/** The stretches that get a vector, and before them that of the whole, which a search begins with. */
function stretchesOf(
  card: MelodyCard,
  { heard, held }: { readonly heard: HeardMelody; readonly held: HeldPitch },
  inputType: InputType,
): { readonly whole: Stretch | undefined; readonly stretches: readonly Stretch[] } {
  const part = voicedPart(heard.pitch);
  if (heard.status !== 'ready' || !part) return { whole: undefined, stretches: [] };
  const hopMs = frameHopMs(card);
  const { index, query } = card.melody;
  if (inputType === 'ingest')
    return { whole: undefined, stretches: indexWindows(heard.pitch, held, { ...index, hopMs }) };
  const whole = { from: part[0], to: part[1] };
  assertSearchable(card, whole);
  return { whole, stretches: queryVersions(heard, held, { ...query, hopMs }) };
}

/**
 * The way of one recording into a space of melodies: samples → blocks → frames → pitch → contours → vectors. What grows
 * with the recording are 24 bytes for each 32 ms of it.
 */
export function createMelodyStream(card: MelodyCard, options: MelodyStreamOptions): EmbedStream {
  const { queue, contours, inputType, pooling, priority, signal, keepSegments, onSegment } = options;
  const { input, melody } = card;
  const { perWindow, hopSamples } = melody.frames;
  const joiner = createFrameJoiner();
  let windowCount = 0;
  let isSilent = true;
  const flow = createWindowFlow({
    ...{ queue, priority, signal, windowSamples: input.windowSamples },
    cutter: createWindowCutter(input, input.hopSamples, hopSamples),
    take: ({ startSample, endSample }, rows) => {
      const frames = Math.min(perWindow, Math.ceil((endSample - startSample) / hopSamples));
      joiner.add(startSample / hopSamples, rows, frames);
      windowCount += 1;
      isSilent &&= rows === null;
      return undefined;
    },
  });

  /** Vectors of the stretches, given on as they come. */
  const embed = async (
    heard: HeardMelody,
    totalSamples: number,
  ): Promise<FlowTimes & { readonly vector: Float32Array | null; readonly segments: readonly SegmentVector[] }> => {
    const held = holdPitch(heard.pitch);
    const { whole, stretches } = stretchesOf(card, { heard, held }, inputType);
    const segments: SegmentVector[] = [];
    let vector: Float32Array | null = null;
    const wanted = whole ? [whole, ...stretches] : stretches;
    const contourOf = (index: number): Float32Array =>
      held.contour(wanted[index] ?? { from: 0, to: 0 }, melody.encoder.points) ??
      new Float32Array(melody.encoder.points);
    const take = (index: number, own: Float32Array): Promise<void> | undefined => {
      if (whole && index === 0) {
        vector = pooling === 'none' ? null : own;
        return undefined;
      }
      const { from, to } = held.cut(wanted[index] ?? { from: 0, to: 0 }) ?? { from: 0, to: 0 };
      const endSample = Math.min(to * hopSamples, totalSamples);
      const segment = { startSample: from * hopSamples, endSample, vector: own };
      if (keepSegments) segments.push(segment);
      return onSegment?.(segment);
    };
    const job = { count: wanted.length, contourOf, take };
    const times = await embedContours(card, job, { queue: contours, priority, signal, isContinuation: true });
    return { vector, segments, ...times };
  };

  return {
    write: (samples) => flow.write(samples),
    finish: async () => {
      const { totalSamples } = flow;
      assertLongEnough(card, totalSamples);
      const listening = await flow.finish();
      const heard = hearMelody(joiner.result(), frameHopMs(card), { purpose: inputType });
      const embedded = await embed(heard, totalSamples);
      return {
        status: isSilent ? 'silent' : heard.status,
        vector: embedded.vector,
        segments: embedded.segments,
        windowCount,
        totalSamples,
        queueMs: listening.queueMs + embedded.queueMs,
        inferMs: listening.inferMs + embedded.inferMs,
        melody: heard,
      };
    },
  };
}
