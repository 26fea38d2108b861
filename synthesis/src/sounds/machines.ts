// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { type Curve, lines, sampleCurve, wander } from '../signal/curve.ts';
import { exponential, power, sineOfTurns } from '../signal/exact-math.ts';
import { addInto, normaliseLevel, saturate, shape } from '../signal/mix.ts';
import { brownNoise, pinkNoise, whiteNoise } from '../signal/noise.ts';
import { lasting, lengthOf, type Scene, type Sound } from '../signal/scene.ts';
import { createWavetable, oscillate, spectrum } from '../signal/wavetable.ts';
import { noiseBurst, repeatEvents } from './burst.ts';

/** Explosions of a piston engine along a curve of firings a second: uneven cylinders, exhaust resonances, clatter. */
const combustion = (scene: Scene, firingsHz: Curve): Float64Array => {
  const { random, sampleRateHz } = scene;
  const cylinders = random.pick([1, 2, 4, 4]);
  const amplitudes = spectrum(
    40 * cylinders,
    (n) => ((n % cylinders === 0 ? 1 : 0.25) * random.uniform(0.4, 1)) / power(n / cylinders, 0.7),
  );
  const turns = sampleCurve((t) => firingsHz(t) / cylinders, lengthOf(scene), sampleRateHz);
  const signal = oscillate(createWavetable(amplitudes), turns, sampleRateHz);
  const rough = shape(
    pinkNoise(signal.length, random),
    signal.map((value) => value * value),
  );
  addInto(normaliseLevel(signal, 0.1), normaliseLevel(rough, random.logUniform(0.02, 0.1)));
  saturate(signal, random.uniform(0, 6));
  const pipe = random.uniform(60, 180);
  return applyFilters(
    signal,
    sampleRateHz,
    { kind: 'peak', frequencyHz: pipe, q: 2, decibels: 8 },
    { kind: 'peak', frequencyHz: pipe * random.uniform(3, 6), q: 1.5, decibels: 6 },
    { kind: 'low-pass', frequencyHz: random.logUniform(900, 4000) },
  );
};

/** An engine: idling, or revved now and then. */
export const engine: Sound = (scene) => {
  const { random } = scene;
  const idleHz = random.logUniform(18, 60);
  const uneven = wander(random, 6, scene.seconds);
  const throttle = wander(random, random.uniform(0.3, 0.8), scene.seconds);
  const revs = random.chance(0.4) ? random.uniform(0.4, 1.6) : 0;
  return combustion(scene, (t) => idleHz * (1 + 0.02 * uneven(t) + revs * Math.max(0, throttle(t))));
};

/** An engine that passes or speeds up through the gears. */
export const acceleration: Sound = (scene) => {
  const { random } = scene;
  const lowHz = random.logUniform(30, 80);
  const gear = random.uniform(0.9, 3);
  const span = random.uniform(0.8, 2.2);
  return combustion(scene, (t) => lowHz * (1 + span * (t / gear - Math.floor(t / gear))));
};

/** A small two-stroke screaming under changing load: chain saw, hedge trimmer, moped. */
export const twoStroke: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const load = wander(random, random.uniform(0.5, 2), scene.seconds);
  const baseHz = random.logUniform(70, 170);
  const length = lengthOf(scene);
  const table = createWavetable(spectrum(50, (n) => random.uniform(0.3, 1) / Math.sqrt(n)));
  const signal = oscillate(
    table,
    sampleCurve((t) => baseHz * (1 + 0.35 * load(t)), length, sampleRateHz),
    sampleRateHz,
  );
  addInto(signal, whiteNoise(length, random), { gain: random.uniform(0.1, 0.4) });
  const bodyHz = random.logUniform(900, 3500);
  return applyFilters(
    saturate(signal, 2),
    sampleRateHz,
    { kind: 'peak', frequencyHz: bodyHz, q: 1.2, decibels: 9 },
    { kind: 'high-pass', frequencyHz: 120 },
  );
};

/** Rotor: noise and thuds pulsing with the blades, under a turbine's whine. */
export const rotor: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const bladesHz = random.uniform(8, 26);
  const sharpness = random.uniform(2, 9);
  const slap: Curve = (t) => 0.15 + exponential(-sharpness * (bladesHz * t - Math.floor(bladesHz * t)));
  const length = lengthOf(scene);
  const wash = applyFilters(pinkNoise(length, random), sampleRateHz, {
    kind: 'low-pass',
    frequencyHz: random.logUniform(500, 4000),
  });
  const thud = applyFilters(brownNoise(length, random), sampleRateHz, {
    kind: 'peak',
    frequencyHz: random.uniform(50, 120),
    q: 1,
    decibels: 10,
  });
  const signal = shape(
    addInto(normaliseLevel(wash, 0.1), normaliseLevel(thud, random.uniform(0.05, 0.2))),
    sampleCurve(slap, length, sampleRateHz),
  );
  const whineHz = random.logUniform(700, 4000);
  const whine = oscillate(
    createWavetable([1, 0.3]),
    sampleCurve(() => whineHz, length, sampleRateHz),
    sampleRateHz,
  );
  const approach = wander(random, 0.3, scene.seconds);
  addInto(signal, whine, { gain: random.chance(0.5) ? random.logUniform(0.002, 0.02) : 0 });
  return shape(
    signal,
    sampleCurve((t) => 1 + 0.4 * approach(t), length, sampleRateHz),
  );
};

/** Electric motor: a whine of a few harmonics with brushes' hiss; runs up, holds, runs down when the dice say so. */
export const electricMotor: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const topHz = random.logUniform(110, 700);
  const length = lengthOf(scene);
  const up = random.uniform(0.2, 1.5);
  const speed = random.chance(0.6)
    ? lines([
        [0, 0.3],
        [up, 1],
        [scene.seconds - 1, 1],
        [scene.seconds, 0.5],
      ])
    : () => 1;
  const shake = wander(random, 5, scene.seconds);
  const table = createWavetable(spectrum(16, (n) => random.next() * random.next() + (n === 1 ? 0.5 : 0)));
  const signal = oscillate(
    table,
    sampleCurve((t) => topHz * speed(t) * (1 + 0.01 * shake(t)), length, sampleRateHz),
    sampleRateHz,
  );
  const brushes = applyFilters(whiteNoise(length, random), sampleRateHz, {
    kind: 'band-pass',
    frequencyHz: random.logUniform(1000, 6000),
    q: 0.6,
  });
  return addInto(normaliseLevel(signal, 0.1), normaliseLevel(brushes, random.logUniform(0.01, 0.15)));
};

/** Vacuum cleaner, fan, hair dryer: rushing air shaped by a housing, a motor tone inside. */
export const blower: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const length = lengthOf(scene);
  const air = pinkNoise(length, random);
  const toneHz = random.logUniform(90, 420);
  for (let n = 0; n < 3; n++) {
    applyFilters(air, sampleRateHz, {
      kind: 'peak',
      frequencyHz: random.logUniform(200, 5000),
      q: random.uniform(1, 5),
      decibels: random.uniform(3, 12),
    });
  }
  const tone = oscillate(
    createWavetable(spectrum(12, () => random.next())),
    sampleCurve(() => toneHz, length, sampleRateHz),
    sampleRateHz,
  );
  return addInto(normaliseLevel(air, 0.1), normaliseLevel(tone, random.logUniform(0.005, 0.08)));
};

/** A train: pairs of wheels over joints, rumble, now and then a squeal in the curve. */
export const train: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const gap = random.uniform(0.35, 0.9);
  const pair = random.uniform(0.08, 0.16);
  const rumble = applyFilters(brownNoise(lengthOf(scene), random), sampleRateHz, {
    kind: 'low-pass',
    frequencyHz: random.uniform(150, 600),
  });
  normaliseLevel(rumble, 0.05);
  repeatEvents(rumble, scene, {
    gapSeconds: (index) => (index % 2 === 0 ? pair : gap),
    event: () => {
      const filters = [{ kind: 'band-pass', frequencyHz: random.uniform(150, 900), q: 1 }] as const;
      return noiseBurst(lasting(scene, 0.4), { attackSeconds: 0.004, decaySeconds: 0.03, filters });
    },
  });
  if (random.chance(0.4)) {
    const squeal = wander(random, 2, scene.seconds);
    const squealHz = random.logUniform(1500, 4500);
    const tone = oscillate(
      createWavetable([1, 0.4, 0.2]),
      sampleCurve((t) => squealHz * (1 + 0.02 * squeal(t)), rumble.length, sampleRateHz),
      sampleRateHz,
    );
    addInto(
      rumble,
      shape(
        tone,
        sampleCurve((t) => Math.max(0, squeal(t)), rumble.length, sampleRateHz),
      ),
      { gain: 0.06 },
    );
  }
  return rumble;
};

/** Washing machine, mixer, printer: noise and tone modulated by a slow turn. */
export const turningMachine: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const turnHz = random.logUniform(0.8, 9);
  const depth = random.uniform(0.3, 1);
  const signal = bandOfNoise(scene);
  const skew = random.uniform(0, 0.5);
  return shape(
    signal,
    sampleCurve(
      (t) => 1 + depth * (sineOfTurns(turnHz * t) + skew * sineOfTurns(2 * turnHz * t + 0.2)),
      signal.length,
      sampleRateHz,
    ),
  );
};

const bandOfNoise = (scene: Scene): Float64Array => {
  const { random, sampleRateHz } = scene;
  const humHz = random.logUniform(60, 300);
  const noise = applyFilters(pinkNoise(lengthOf(scene), random), sampleRateHz, {
    kind: 'band-pass',
    frequencyHz: random.logUniform(300, 4000),
    q: 0.5,
  });
  const hum = oscillate(
    createWavetable(spectrum(10, () => random.next())),
    sampleCurve(() => humHz, noise.length, sampleRateHz),
    sampleRateHz,
  );
  return addInto(normaliseLevel(noise, 0.1), normaliseLevel(hum, random.logUniform(0.02, 0.15)));
};
