// SPDX-License-Identifier: Apache-2.0
import type { Instrument } from '../instruments/instrument.ts';
import { createVoice } from '../instruments/voice.ts';
import { performMelody } from '../melody/perform-melody.ts';
import { applyFilters } from '../signal/biquad.ts';
import { ratioOfSemitones } from '../signal/exact-math.ts';
import { addInto, fadeEdges, normaliseLevel, normalisePeak } from '../signal/mix.ts';
import { pinkNoise } from '../signal/noise.ts';
import { createRandom } from '../signal/random.ts';
import { DEMO_MELODIES } from './melodies.ts';

type HumOptions = { readonly seed?: number; readonly seconds?: number; readonly sampleRateHz?: number };

/**
 * One of the library's melodies as an untrained person hums it into a telephone: a key and a tempo of their own, a pitch
 * that drifts by up to a semitone and misses each note by up to 40 cents, dull, with a room's noise. Mono, within ±1.
 * @throws RangeError naming a melody that the library does not have.
 */
export const demoHum = (
  melody: string,
  { seed = 1, seconds = 8, sampleRateHz = 16_000 }: HumOptions = {},
): Float32Array => {
  const found = DEMO_MELODIES.find(({ id }) => id === melody);
  if (found === undefined) throw new RangeError(`There is no melody "${melody}" in the built-in library.`);
  const random = createRandom('hum', melody, seed);
  const voice = createVoice(random);
  let drift = 0;
  const instrument: Instrument = (note) => {
    drift = Math.max(-1, Math.min(1, drift + 0.1 * random.signed()));
    return voice({ ...note, frequencyHz: note.frequencyHz * ratioOfSemitones(drift + 0.4 * random.signed()) });
  };
  const scene = { random, sampleRateHz, seconds };
  const beatsPerMinute = found.beatsPerMinute * random.uniform(0.75, 1.1);
  const hummed = performMelody(scene, found.notes, { instrument, tonicHz: random.uniform(120, 260), beatsPerMinute });
  applyFilters(normaliseLevel(hummed, 0.1), sampleRateHz, { kind: 'low-pass', frequencyHz: 1200 });
  addInto(hummed, normaliseLevel(pinkNoise(hummed.length, random), 0.002));
  return Float32Array.from(fadeEdges(normalisePeak(hummed, 0.7), 0.01 * sampleRateHz));
};
