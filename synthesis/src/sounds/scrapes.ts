// SPDX-License-Identifier: Apache-2.0
import { applyFilters, movingBandPass } from '../signal/biquad.ts';
import { type Curve, lines, sampleCurve, wander } from '../signal/curve.ts';
import { addInto, shape } from '../signal/mix.ts';
import { strikeModes } from '../signal/modes.ts';
import { pinkNoise, whiteNoise } from '../signal/noise.ts';
import { lengthOf, type Sound, silenceOf } from '../signal/scene.ts';

const stroke = lines([
  [0, 0],
  [0.08, 0.8],
  [0.3, 1],
  [0.45, 0.1],
  [0.55, 0.05],
  [0.62, 0.5],
  [0.8, 0.7],
  [1, 0],
]);

/** Sawing: to-and-fro strokes, teeth striking faster in the middle of a stroke, the board resonating. */
export const sawing: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const periodSeconds = random.uniform(0.35, 1.1);
  const turnsAt: Curve = (t) => t / periodSeconds - Math.floor(t / periodSeconds);
  const centreHz = random.logUniform(900, 3500);
  const noise = whiteNoise(lengthOf(scene), random);
  const signal = movingBandPass(noise, (t) => centreHz * (0.6 + 0.7 * stroke(turnsAt(t))), {
    q: random.uniform(0.6, 2.5),
    sampleRateHz,
  });
  const teethHz = random.uniform(60, 200);
  const teeth = (t: number): number => {
    const turns = t * teethHz - Math.floor(t * teethHz);
    return stroke(turnsAt(t)) * (0.4 + 0.6 * (1 - turns));
  };
  shape(signal, sampleCurve(teeth, signal.length, sampleRateHz));
  return applyFilters(signal, sampleRateHz, { kind: 'peak', frequencyHz: random.uniform(250, 700), q: 3, decibels: 8 });
};

/** Brushing teeth, sanding, scratching: short strokes of bright noise. */
export const brushing: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const strokesHz = random.uniform(2.5, 7);
  const noise = whiteNoise(lengthOf(scene), random);
  applyFilters(noise, sampleRateHz, {
    kind: 'band-pass',
    frequencyHz: random.logUniform(1800, 7000),
    q: random.uniform(0.5, 1.5),
  });
  const uneven = wander(random, strokesHz, scene.seconds);
  const loudness = (t: number): number => stroke(t * strokesHz - Math.floor(t * strokesHz)) * (1 + 0.4 * uneven(t));
  return shape(noise, sampleCurve(loudness, noise.length, sampleRateHz));
};

/** A door or floorboard: stick and slip at a changing rate through sharp resonances. */
export const creak: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const resonances = Array.from({ length: 5 }, () => ({
    frequencyHz: random.logUniform(250, 3200),
    decaySeconds: random.uniform(0.004, 0.02),
    amplitude: random.uniform(0.3, 1),
  }));
  const slips = wander(random, random.uniform(0.5, 2), scene.seconds);
  const pausesFor = wander(random, 0.8, scene.seconds);
  const slowHz = random.logUniform(18, 60);
  const target = silenceOf(scene);
  for (let at = 0; at < scene.seconds; at += 1 / (slowHz * (1.6 + 1.3 * slips(at)))) {
    const gain = Math.max(0, 0.3 + pausesFor(at)) * random.uniform(0.7, 1);
    if (gain > 0) strikeModes(target, resonances, { offset: at * sampleRateHz, gain, sampleRateHz });
  }
  return target;
};

/** Paper, cloth, plastic bags: crumples of noise with countless small edges. */
export const crumpling: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const fast = wander(random, random.logUniform(25, 120), scene.seconds);
  const slow = wander(random, random.uniform(1, 4), scene.seconds);
  const noise = whiteNoise(lengthOf(scene), random);
  applyFilters(noise, sampleRateHz, { kind: 'high-pass', frequencyHz: random.logUniform(600, 3000) });
  const edges = (t: number): number => {
    const value = Math.max(0, fast(t)) * Math.max(0, 0.2 + slow(t));
    return value * value;
  };
  return shape(noise, sampleCurve(edges, noise.length, sampleRateHz));
};

/** A ball or a wheel rolling on a rough board. */
export const rolling: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const noise = pinkNoise(lengthOf(scene), random);
  const signal = applyFilters(noise.slice(), sampleRateHz, {
    kind: 'band-pass',
    frequencyHz: random.logUniform(90, 400),
    q: 2,
  });
  addInto(
    signal,
    applyFilters(noise, sampleRateHz, { kind: 'band-pass', frequencyHz: random.logUniform(700, 2500), q: 3 }),
    { gain: 0.5 },
  );
  const turnsHz = random.uniform(1, 6);
  return shape(
    signal,
    sampleCurve((t) => 0.4 + stroke(t * turnsHz - Math.floor(t * turnsHz)), signal.length, sampleRateHz),
  );
};
