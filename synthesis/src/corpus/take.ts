// SPDX-License-Identifier: Apache-2.0
import { applyFilters, type Filter } from '../signal/biquad.ts';
import { gainOfDecibels } from '../signal/exact-math.ts';
import { addInto, levelOf, normaliseLevel, normalisePeak } from '../signal/mix.ts';
import { colouredNoise } from '../signal/noise.ts';
import type { Random } from '../signal/random.ts';
import { addReverb } from '../signal/reverb.ts';

/** What microphones and loudspeakers do: tilt, one resonance, band limits. */
const drawEqualiser = (random: Random): Filter[] => {
  const filters: Filter[] = [
    { kind: 'high-shelf', frequencyHz: random.logUniform(800, 4000), decibels: random.uniform(-9, 7) },
  ];
  if (random.chance(0.5))
    filters.push({ kind: 'low-shelf', frequencyHz: random.logUniform(100, 500), decibels: random.uniform(-9, 7) });
  if (random.chance(0.5)) {
    filters.push({
      kind: 'peak',
      frequencyHz: random.logUniform(150, 7000),
      q: random.uniform(0.7, 3),
      decibels: random.uniform(-9, 9),
    });
  }
  if (random.chance(0.4)) filters.push({ kind: 'high-pass', frequencyHz: random.logUniform(40, 300) });
  if (random.chance(0.35)) {
    const frequencyHz = random.logUniform(3000, 14000);
    filters.push({ kind: 'low-pass', frequencyHz, q: 0.54 }, { kind: 'low-pass', frequencyHz, q: 1.31 });
  }
  return filters;
};

/** Ends early, or starts late: digital silence, as cut recordings have it. */
const cutSilence = (signal: Float64Array, random: Random): void => {
  if (random.chance(0.25)) {
    const end = Math.floor(signal.length * random.uniform(0.25, 0.9));
    const fade = Math.min(end, 300);
    for (let i = 0; i < fade; i++) signal[end - 1 - i] = ((signal[end - 1 - i] as number) * i) / fade;
    signal.fill(0, end);
  }
  if (random.chance(0.12)) signal.fill(0, 0, Math.floor(signal.length * random.uniform(0.02, 0.25)));
};

/** One recording of a sound: equaliser, room, background noise, silence, level. The given signal is left as it is. */
export const recordTake = (sound: Float64Array, random: Random, sampleRateHz: number): Float32Array => {
  let signal = applyFilters(normalisePeak(sound.slice()), sampleRateHz, ...drawEqualiser(random));
  if (random.chance(0.5)) {
    const room = {
      decaySeconds: random.logUniform(0.15, 2.5),
      wet: random.logUniform(0.04, 0.5),
      damping: random.uniform(0.1, 0.7),
      size: random.uniform(0.4, 1.5),
    };
    signal = addReverb(signal, room, sampleRateHz);
  }
  if (random.chance(0.6)) {
    const noise = colouredNoise(random.pick(['white', 'pink', 'brown']), signal.length, random);
    addInto(signal, normaliseLevel(noise, levelOf(signal) * gainOfDecibels(-random.uniform(12, 60))));
  }
  cutSilence(signal, random);
  return Float32Array.from(normalisePeak(signal, gainOfDecibels(random.uniform(-30, 0))));
};
