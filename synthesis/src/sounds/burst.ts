// SPDX-License-Identifier: Apache-2.0
import { applyFilters, type Filter } from '../signal/biquad.ts';
import { strikeEnvelope } from '../signal/curve.ts';
import { addInto, fadeEdges, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import { lasting, lengthOf, type Scene } from '../signal/scene.ts';

type Burst = { readonly attackSeconds: number; readonly decaySeconds: number; readonly filters: readonly Filter[] };

/** Filtered white noise that starts within `attackSeconds` and dies away; about seven decay times long. */
export const noiseBurst = (scene: Scene, { attackSeconds, decaySeconds, filters }: Burst): Float64Array => {
  const seconds = Math.min(scene.seconds, attackSeconds + decaySeconds * 7);
  const signal = whiteNoise(lengthOf(lasting(scene, seconds)), scene.random);
  applyFilters(signal, scene.sampleRateHz, ...filters);
  const envelope = strikeEnvelope(signal.length, { attackSeconds, decaySeconds, sampleRateHz: scene.sampleRateHz });
  return fadeEdges(shape(signal, envelope), 0.0005 * scene.sampleRateHz);
};

/** Places events at the times that `gapSeconds` leaves between them; `event` renders each one anew. */
export const repeatEvents = (
  target: Float64Array,
  scene: Scene,
  {
    startSeconds = 0,
    gapSeconds,
    event,
  }: {
    readonly startSeconds?: number;
    readonly gapSeconds: (index: number) => number;
    readonly event: (index: number) => Float64Array;
  },
): Float64Array => {
  let at = startSeconds;
  for (let index = 0; at < scene.seconds; index++) {
    addInto(target, event(index), { offset: at * scene.sampleRateHz });
    at += Math.max(0.001, gapSeconds(index));
  }
  return target;
};
