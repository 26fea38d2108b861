// SPDX-License-Identifier: Apache-2.0
import { exponential } from './exact-math.ts';
import type { Random } from './random.ts';

/** A control value as a function of time in seconds. */
export type Curve = (seconds: number) => number;

const CONTROL_STEP = 32;

/** Samples a curve every 32 samples and joins the values by straight lines. */
export const sampleCurve = (curve: Curve, length: number, sampleRateHz: number): Float64Array => {
  const values = new Float64Array(length);
  let right = curve(0);
  for (let start = 0; start < length; start += CONTROL_STEP) {
    const left = right;
    right = curve((start + CONTROL_STEP) / sampleRateHz);
    const slope = (right - left) / CONTROL_STEP;
    const end = Math.min(length, start + CONTROL_STEP);
    for (let i = start; i < end; i++) values[i] = left + slope * (i - start);
  }
  return values;
};

type Point = readonly [seconds: number, value: number];

/** Straight lines through (seconds, value) points in ascending time; constant outside them. */
export const lines = (points: readonly [Point, ...Point[]]): Curve => {
  return (seconds) => {
    let previous = points[0];
    for (const point of points) {
      if (seconds < point[0]) {
        const span = point[0] - previous[0];
        return span <= 0 ? point[1] : previous[1] + ((point[1] - previous[1]) * (seconds - previous[0])) / span;
      }
      previous = point;
    }
    return previous[1];
  };
};

/** Smooth random values in [−1, 1] that change about `rateHz` times a second (cubic-eased value noise). */
export const wander = (random: Random, rateHz: number, seconds: number): Curve => {
  const knots = Array.from({ length: Math.ceil(seconds * rateHz) + 3 }, () => random.signed());
  return (time) => {
    const position = Math.max(0, time * rateHz);
    const index = Math.min(Math.floor(position), knots.length - 2);
    const f = Math.min(1, position - index);
    const left = knots[index] ?? 0;
    return left + ((knots[index + 1] ?? 0) - left) * f * f * (3 - 2 * f);
  };
};

/** Rise in a straight line to 1, then fall as e^(−t/decay): the shape of anything struck. */
export const strikeEnvelope = (
  length: number,
  {
    attackSeconds,
    decaySeconds,
    sampleRateHz,
  }: {
    readonly attackSeconds: number;
    readonly decaySeconds: number;
    readonly sampleRateHz: number;
  },
): Float64Array => {
  const values = new Float64Array(length);
  const attack = Math.max(1, Math.floor(attackSeconds * sampleRateHz));
  const factor = exponential(-1 / (decaySeconds * sampleRateHz));
  let value = 1;
  for (let i = 0; i < length; i++) {
    values[i] = i < attack ? i / attack : value;
    if (i >= attack) value *= factor;
  }
  return values;
};

/** Attack, decay to a sustained level, release at the end: the shape of anything blown or bowed. */
export const sustainEnvelope = (
  length: number,
  {
    attackSeconds,
    releaseSeconds,
    sustain = 0.8,
    sampleRateHz,
  }: {
    readonly attackSeconds: number;
    readonly releaseSeconds: number;
    readonly sustain?: number;
    readonly sampleRateHz: number;
  },
): Float64Array => {
  const end = length / sampleRateHz;
  const attack = Math.min(attackSeconds, end * 0.4);
  const release = Math.min(releaseSeconds, end * 0.4);
  const settled = Math.min(attack * 2.5, end - release);
  return sampleCurve(
    lines([
      [0, 0],
      [attack, 1],
      [settled, sustain],
      [end - release, sustain * 0.92],
      [end, 0],
    ]),
    length,
    sampleRateHz,
  );
};
