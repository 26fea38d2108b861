// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { type Curve, lines, sampleCurve } from '../signal/curve.ts';
import { sineOfTurns } from '../signal/exact-math.ts';
import { addInto, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { Random } from '../signal/random.ts';
import { lasting, lengthOf, type Scene, type Sound, silenceOf } from '../signal/scene.ts';
import { createWavetable, oscillate, type Wavetable } from '../signal/wavetable.ts';
import { repeatEvents } from './burst.ts';

type Syllable = {
  readonly seconds: number;
  readonly startHz: number;
  readonly middleHz: number;
  readonly endHz: number;
  readonly warbleHz: number;
  readonly warbleDepth: number;
};

const drawSyllable = (random: Random, centreHz: number): Syllable => ({
  seconds: random.logUniform(0.05, 0.25),
  startHz: centreHz * random.uniform(0.75, 1.3),
  middleHz: centreHz * random.uniform(0.8, 1.35),
  endHz: centreHz * random.uniform(0.7, 1.3),
  warbleHz: random.uniform(15, 45),
  warbleDepth: random.chance(0.4) ? random.uniform(0.02, 0.09) : 0,
});

const whistle = (scene: Scene, syllable: Syllable, table: Wavetable): Float64Array => {
  const { seconds, startHz, middleHz, endHz, warbleHz, warbleDepth } = syllable;
  const glide = lines([
    [0, startHz],
    [seconds / 2, middleHz],
    [seconds, endHz],
  ]);
  const pitch: Curve = (t) => glide(t) * (1 + warbleDepth * sineOfTurns(warbleHz * t));
  const length = lengthOf(lasting(scene, seconds));
  const loudness = lines([
    [0, 0],
    [seconds * 0.2, 1],
    [seconds * 0.7, 0.8],
    [seconds, 0],
  ]);
  const tone = oscillate(table, sampleCurve(pitch, length, scene.sampleRateHz), scene.sampleRateHz);
  return shape(tone, sampleCurve(loudness, length, scene.sampleRateHz));
};

/** A song bird: phrases of two to six syllables, each phrase sung again after a pause. */
export const bird: Sound = (scene) => {
  const { random } = scene;
  const table = createWavetable([1, random.uniform(0.02, 0.2), random.uniform(0, 0.08)]);
  const centreHz = random.logUniform(2000, 4200);
  const phrase = Array.from({ length: random.integer(2, 6) }, () => drawSyllable(random, centreHz));
  const pause = random.uniform(0.3, 1.3);
  const gap = random.uniform(0.02, 0.12);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0.02, 0.4),
    gapSeconds: (index) =>
      (phrase[index % phrase.length]?.seconds ?? 0.1) +
      (index % phrase.length === phrase.length - 1 ? pause : gap) * random.uniform(0.9, 1.1),
    event: (index) => whistle(scene, phrase[index % phrase.length] ?? drawSyllable(random, centreHz), table),
  });
};

/** A trill: the same short syllable five to thirty times a second, in bouts. */
export const trill: Sound = (scene) => {
  const { random } = scene;
  const table = createWavetable([1, random.uniform(0, 0.3)]);
  const syllable = {
    ...drawSyllable(random, random.logUniform(1800, 6500)),
    seconds: random.uniform(0.02, 0.09),
    warbleDepth: 0,
  };
  const bout = random.integer(8, 40);
  const pause = random.uniform(0.3, 1.5);
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: (index) => (index % bout === bout - 1 ? pause : syllable.seconds * 1.35),
    event: () => whistle(scene, syllable, table),
  });
};

/** Doves, owls, cuckoos: low pure hoots in a fixed rhythm. */
export const hooting: Sound = (scene) => {
  const { random } = scene;
  const table = createWavetable([1, random.uniform(0.02, 0.15)]);
  const baseHz = random.logUniform(280, 900);
  const phrase = Array.from({ length: random.integer(2, 4) }, () => ({
    ...drawSyllable(random, baseHz),
    seconds: random.uniform(0.15, 0.5),
    warbleDepth: 0,
  }));
  const pause = random.uniform(0.4, 1.2);
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: (index) =>
      (phrase[index % phrase.length]?.seconds ?? 0.3) + (index % phrase.length === phrase.length - 1 ? pause : 0.1),
    event: (index) => whistle(scene, phrase[index % phrase.length] ?? drawSyllable(random, baseHz), table),
  });
};

/** Crickets and cicadas: a high tone or band chopped at two rates. */
export const cricket: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const carrierHz = random.logUniform(2800, 8000);
  const chirpsHz = random.uniform(0.8, 4);
  const pulsesHz = random.uniform(18, 90);
  const length = lengthOf(scene);
  const tone = oscillate(
    createWavetable([1]),
    sampleCurve(() => carrierHz, length, sampleRateHz),
    sampleRateHz,
  );
  const band = applyFilters(whiteNoise(length, random), sampleRateHz, {
    kind: 'band-pass',
    frequencyHz: carrierHz,
    q: 12,
  });
  addInto(tone, band, { gain: random.uniform(0, 4) });
  const share = random.uniform(0.3, 0.95);
  const song = (t: number): number => {
    const chirp = t * chirpsHz - Math.floor(t * chirpsHz);
    return chirp < share ? Math.max(0, sineOfTurns(t * pulsesHz)) : 0.01;
  };
  return shape(tone, sampleCurve(song, length, sampleRateHz));
};

/** Flies and bees: a buzzing tone that wavers and comes and goes. */
export const buzzing: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const baseHz = random.logUniform(110, 380);
  const waverHz = random.uniform(0.6, 3);
  const length = lengthOf(scene);
  const table = createWavetable(Array.from({ length: 24 }, (_, n) => random.uniform(0.3, 1) / (n + 1)));
  const pitch = sampleCurve(
    (t) => baseHz * (1 + 0.12 * sineOfTurns(waverHz * t) + 0.03 * sineOfTurns(3.7 * waverHz * t)),
    length,
    sampleRateHz,
  );
  const signal = oscillate(table, pitch, sampleRateHz);
  return shape(
    signal,
    sampleCurve((t) => 0.55 + 0.45 * sineOfTurns(0.37 * waverHz * t), length, sampleRateHz),
  );
};

/** Frogs: bursts of pulses through one resonance, in chorus or alone. */
export const frog: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const target = silenceOf(scene);
  for (let n = random.integer(1, 3); n > 0; n--) {
    const pulsesHz = random.uniform(20, 70);
    const callsHz = random.uniform(0.8, 2.5);
    const length = lengthOf(scene);
    const croak = createWavetable(Array.from({ length: 40 }, () => 1));
    const source = oscillate(
      croak,
      sampleCurve(() => pulsesHz, length, sampleRateHz),
      sampleRateHz,
    );
    applyFilters(source, sampleRateHz, { kind: 'band-pass', frequencyHz: random.logUniform(500, 2500), q: 5 });
    const phase = random.next();
    const share = random.uniform(0.2, 0.5);
    const gate: Curve = (t) => (t * callsHz + phase - Math.floor(t * callsHz + phase) < share ? 1 : 0);
    addInto(target, shape(source, sampleCurve(gate, length, sampleRateHz)), { gain: random.uniform(0.4, 1) });
  }
  return target;
};
