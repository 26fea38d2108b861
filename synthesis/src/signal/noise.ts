// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

/** Uniform white noise in [−1, 1). */
export const whiteNoise = (length: number, random: Random): Float64Array => {
  const noise = new Float64Array(length);
  for (let i = 0; i < length; i++) noise[i] = random.signed();
  return noise;
};

/** White noise through a leaky integrator: −6 dB an octave above some 20 Hz. */
export const brownNoise = (length: number, random: Random): Float64Array => {
  const noise = new Float64Array(length);
  let state = 0;
  for (let i = 0; i < length; i++) {
    state = 0.996 * state + 0.09 * random.signed();
    noise[i] = state;
  }
  return noise;
};

/** −3 dB an octave within half a decibel: Paul Kellet's three-pole sum of filtered white noise. */
export const pinkNoise = (length: number, random: Random): Float64Array => {
  const noise = new Float64Array(length);
  let low = 0;
  let middle = 0;
  let high = 0;
  for (let i = 0; i < length; i++) {
    const white = random.signed();
    low = 0.99765 * low + white * 0.099046;
    middle = 0.963 * middle + white * 0.2965164;
    high = 0.57 * high + white * 1.0526913;
    noise[i] = 0.3 * (low + middle + high + white * 0.1848);
  }
  return noise;
};

export type NoiseColour = 'white' | 'pink' | 'brown';

/** Noise of a colour. */
export const colouredNoise = (colour: NoiseColour, length: number, random: Random): Float64Array => {
  if (colour === 'white') return whiteNoise(length, random);
  return colour === 'pink' ? pinkNoise(length, random) : brownNoise(length, random);
};
