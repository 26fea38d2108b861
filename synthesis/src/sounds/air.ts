// SPDX-License-Identifier: Apache-2.0
import { applyFilters, movingBandPass } from '../signal/biquad.ts';
import { lines, sampleCurve, wander } from '../signal/curve.ts';
import { cosineOfTurns, power, ratioOfSemitones } from '../signal/exact-math.ts';
import { addInto, scale, shape } from '../signal/mix.ts';
import { brownNoise, colouredNoise, pinkNoise, whiteNoise } from '../signal/noise.ts';
import { lengthOf, type Scene, type Sound, silenceOf } from '../signal/scene.ts';

/** Steady noise of any colour, sometimes with a hum of the mains under it. */
export const steadyNoise: Sound = (scene) => {
  const { random } = scene;
  const signal = colouredNoise(random.pick(['white', 'pink', 'brown']), lengthOf(scene), random);
  const decibels = random.uniform(-12, 12);
  return applyFilters(signal, scene.sampleRateHz, {
    kind: 'peak',
    frequencyHz: random.logUniform(100, 8000),
    q: 0.7,
    decibels,
  });
};

/** A band of noise, an octave or a few wide, with a slow change of loudness. */
export const bandNoise: Sound = (scene) => {
  const { random } = scene;
  const signal = whiteNoise(lengthOf(scene), random);
  const band = { kind: 'band-pass', frequencyHz: random.logUniform(120, 9000), q: random.logUniform(0.7, 8) } as const;
  applyFilters(signal, scene.sampleRateHz, band, band);
  const slow = wander(random, random.uniform(0.3, 2), scene.seconds);
  return shape(
    signal,
    sampleCurve((t) => 1 + 0.5 * slow(t), signal.length, scene.sampleRateHz),
  );
};

/** Noise swept up or down once or several times through a narrow band: jets, whooshes, air brakes. */
export const whoosh: Sound = (scene) => {
  const { random } = scene;
  const rateHz = random.logUniform(0.25, 2.5);
  const lowHz = random.logUniform(150, 800);
  const span = random.uniform(2, 5);
  const rising = random.chance(0.5);
  const phase = (t: number): number => {
    const turns = t * rateHz - Math.floor(t * rateHz);
    return rising ? turns : 1 - turns;
  };
  const source = whiteNoise(lengthOf(scene), random);
  const moving = movingBandPass(source, (t) => lowHz * ratioOfSemitones(12 * span * phase(t)), {
    q: random.uniform(1, 5),
    sampleRateHz: scene.sampleRateHz,
  });
  const swell = (t: number): number => 0.5 - 0.5 * cosineOfTurns(phase(t));
  return shape(moving, sampleCurve(swell, moving.length, scene.sampleRateHz));
};

/** Wind: a rumble, and a whistle whose pitch and strength follow the gusts. */
export const wind: Sound = (scene) => {
  const { random } = scene;
  const gusts = wander(random, random.uniform(0.4, 1.2), scene.seconds);
  const strength = (t: number): number => power(0.55 + 0.45 * gusts(t), 1.5) + 0.05;
  const centreHz = random.logUniform(280, 700);
  const source = pinkNoise(lengthOf(scene), random);
  const whistle = movingBandPass(source, (t) => centreHz * (0.6 + 0.9 * strength(t)), {
    q: random.uniform(3, 9),
    sampleRateHz: scene.sampleRateHz,
  });
  const rumble = applyFilters(brownNoise(whistle.length, random), scene.sampleRateHz, {
    kind: 'low-pass',
    frequencyHz: 240,
  });
  addInto(whistle, rumble, { gain: random.uniform(0.2, 0.6) });
  return shape(whistle, sampleCurve(strength, whistle.length, scene.sampleRateHz));
};

/** Height of one wave at `turns` of its period: a slow rise, the break, a long retreat. */
const waveShape = lines([
  [0, 0.08],
  [0.35, 0.35],
  [0.45, 1],
  [0.6, 0.6],
  [1, 0.08],
]);

const swellNoise = (scene: Scene, periodSeconds: number): Float64Array => {
  const { random } = scene;
  const phase = random.next();
  const uneven = wander(random, 0.5, scene.seconds);
  const height = (t: number): number => {
    const turns = t / periodSeconds + phase;
    return waveShape(turns - Math.floor(turns)) * (1 + 0.3 * uneven(t));
  };
  const signal = pinkNoise(lengthOf(scene), random);
  const foam = movingBandPass(signal, (t) => 400 + 2600 * height(t), { q: 0.5, sampleRateHz: scene.sampleRateHz });
  return shape(foam, sampleCurve(height, foam.length, scene.sampleRateHz));
};

/** Sea: two swells of different period, hiss of the retreating water, far surf. */
export const waves: Sound = (scene) => {
  const { random } = scene;
  const periodSeconds = random.uniform(2.8, 6);
  const signal = swellNoise(scene, periodSeconds);
  addInto(signal, swellNoise(scene, periodSeconds * random.uniform(1.3, 1.9)), { gain: 0.6 });
  const far = applyFilters(brownNoise(signal.length, random), scene.sampleRateHz, {
    kind: 'low-pass',
    frequencyHz: 500,
  });
  return addInto(signal, far, { gain: random.uniform(0.03, 0.12) });
};

/** Breath in and out, snore on request of the dice: noise through two throat resonances, rasped by slow pulses. */
export const breathing: Sound = (scene) => {
  const { random } = scene;
  const periodSeconds = random.uniform(1.2, 3.5);
  const pulsesHz = random.uniform(22, 60);
  const rasp = random.chance(0.5) ? random.uniform(0.5, 1) : 0;
  const source = pinkNoise(lengthOf(scene), random);
  const target = silenceOf(scene);
  for (const frequencyHz of [random.uniform(300, 700), random.uniform(1000, 2400)]) {
    addInto(target, applyFilters(source.slice(), scene.sampleRateHz, { kind: 'band-pass', frequencyHz, q: 3 }));
  }
  const breath = lines([
    [0, 0],
    [0.15, 1],
    [0.4, 0.8],
    [0.48, 0],
    [0.55, 0],
    [0.7, 0.4],
    [0.9, 0.3],
    [1, 0],
  ]);
  const loudness = (t: number): number => {
    const turns = t / periodSeconds - Math.floor(t / periodSeconds);
    const pulse = t * pulsesHz - Math.floor(t * pulsesHz);
    return breath(turns) * (turns < 0.5 ? 1 - rasp * pulse : 1);
  };
  return scale(shape(target, sampleCurve(loudness, target.length, scene.sampleRateHz)), 1);
};
