// SPDX-License-Identifier: Apache-2.0
import { wavFile } from '@earshot/synthesis/library';

const RATE_HZ = 44_100;

/** A sound at a second: −1…1. */
export type Sound = (second: number) => number;

/** Partials of a tone: odd ones sound like a reed, all like a string. */
export const tone =
  (frequencyHz: number, partials: readonly number[]): Sound =>
  (second) =>
    partials.reduce((sum, n) => sum + Math.sin(2 * Math.PI * frequencyHz * n * second) / n, 0) / 3;

/** Noise, the same in every run. */
export function noise(seed: number): Sound {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.6;
  };
}

/** A mono wav file of the sound. */
export function renderWav(sound: Sound, seconds: number, title: string): Buffer {
  const samples = Float32Array.from({ length: Math.round(seconds * RATE_HZ) }, (_, i) => sound(i / RATE_HZ));
  const tags = { title, artist: 'Test', album: 'Test', genre: 'Test', comment: '', keywords: '' };
  return wavFile({ channels: [samples], sampleRateHz: RATE_HZ }, tags);
}
