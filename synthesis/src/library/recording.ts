// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { gainOfDecibels } from '../signal/exact-math.ts';
import { fadeEdges, levelOf, normalisePeak, peakOf, scale } from '../signal/mix.ts';
import type { Random } from '../signal/random.ts';
import { addReverb, type Room } from '../signal/reverb.ts';
import type { RenderedClip } from './demo-clip.ts';

const PEAK_CEILING = 0.89;
const EDGE_SECONDS = 0.01;

/** Equal-power pan, position −1 (left) … 1 (right): gains by the rational approximation of the quarter circle. */
const panGain = (position: number, ear: 0 | 1): number => Math.sqrt((1 + (ear === 0 ? -position : position)) / 2);

/** Puts a dry sound into a room in front of one microphone or two, rolls it off and sets its level: about −20 dBFS, peaks below −1 dBFS. */
export const recordInRoom = (
  dry: Float64Array,
  {
    random,
    channels,
    sampleRateHz,
  }: { readonly random: Random; readonly channels: 1 | 2; readonly sampleRateHz: number },
): RenderedClip => {
  const room: Room = {
    decaySeconds: random.uniform(0.25, 1.1),
    wet: random.uniform(0.05, 0.22),
    damping: random.uniform(0.2, 0.6),
    size: random.uniform(0.6, 1.3),
  };
  const tilt = { kind: 'high-shelf', frequencyHz: 2500, decibels: random.uniform(-3, 3) } as const;
  const cut = { kind: 'high-pass', frequencyHz: 35 } as const;
  const source = applyFilters(normalisePeak(dry), sampleRateHz, cut, tilt);
  const position = channels === 1 ? 0 : random.uniform(-0.4, 0.4);
  const ears = ([0, 1] as const).slice(0, channels);
  const heard = ears.map((ear) =>
    fadeEdges(
      scale(addReverb(source, { ...room, ear }, sampleRateHz), panGain(position, ear)),
      EDGE_SECONDS * sampleRateHz,
    ),
  );
  const level = Math.max(...heard.map(levelOf), 1e-9);
  const peak = Math.max(...heard.map(peakOf), 1e-9);
  const gain = Math.min(gainOfDecibels(random.uniform(-23, -17)) / level, PEAK_CEILING / peak);
  return { channels: heard.map((signal) => Float32Array.from(scale(signal, gain))), sampleRateHz };
};
