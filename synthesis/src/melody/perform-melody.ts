// SPDX-License-Identifier: Apache-2.0
import type { Instrument } from '../instruments/instrument.ts';
import { ratioOfSemitones } from '../signal/exact-math.ts';
import { addInto } from '../signal/mix.ts';
import { type Scene, silenceOf } from '../signal/scene.ts';
import type { MelodyNote } from './melody.ts';

type Performance = {
  readonly tonicHz: number;
  readonly beatsPerMinute: number;
  /** Share of its length for which a note is held. */
  readonly legato?: number;
};

/** Plays the melody from the beginning, again and again until the scene is over; loudness and timing vary a little. */
export const performMelody = (
  scene: Scene,
  melody: readonly MelodyNote[],
  { instrument, tonicHz, beatsPerMinute, legato = 0.92 }: Performance & { readonly instrument: Instrument },
): Float64Array => {
  const target = silenceOf(scene);
  const { random, sampleRateHz } = scene;
  const beatSeconds = 60 / beatsPerMinute;
  for (let beat = 0; beat * beatSeconds < scene.seconds - 0.15; ) {
    for (const [semitones, beats] of melody) {
      const at = beat * beatSeconds + random.uniform(0, 0.012);
      beat += beats;
      if (semitones === null || at > scene.seconds - 0.15) continue;
      const note = {
        frequencyHz: tonicHz * ratioOfSemitones(semitones),
        seconds: Math.min(beats * beatSeconds * legato, scene.seconds - at),
        loudness: random.uniform(0.65, 0.95),
        random,
        sampleRateHz,
      };
      addInto(target, instrument(note), { offset: at * sampleRateHz });
    }
    if (melody.length === 0) break;
  }
  return target;
};
