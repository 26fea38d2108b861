// SPDX-License-Identifier: Apache-2.0
import { applyFilters } from '../signal/biquad.ts';
import { addInto, normaliseLevel, normalisePeak } from '../signal/mix.ts';
import { type Mode, strikeModes } from '../signal/modes.ts';
import { brownNoise, whiteNoise } from '../signal/noise.ts';
import type { Random } from '../signal/random.ts';
import { lasting, type Scene, type Sound, silenceOf } from '../signal/scene.ts';
import { repeatEvents } from './burst.ts';

const drawTick = (random: Random, baseHz: number): Mode[] =>
  Array.from({ length: 5 }, (_, index) => ({
    frequencyHz: baseHz * (1 + index * random.uniform(0.4, 0.9)),
    decaySeconds: random.logUniform(0.0015, 0.012),
    amplitude: random.uniform(0.3, 1),
  }));

const tick = (scene: Scene, modes: readonly Mode[], gain: number): Float64Array => {
  const signal = silenceOf(lasting(scene, 0.12));
  strikeModes(signal, modes, { sampleRateHz: scene.sampleRateHz });
  return normalisePeak(signal, gain * scene.random.uniform(0.85, 1));
};

/** A clock: tick and tock of an escapement, each two contacts a few milliseconds apart, in a case that resonates. */
export const clock: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const baseHz = random.logUniform(1100, 3600);
  const voices = [drawTick(random, baseHz), drawTick(random, baseHz * random.uniform(0.8, 1.15))] as const;
  const gap = random.pick([0.2, 0.25, 0.5, 0.5, 1]);
  const second = random.uniform(0.008, 0.03);
  const signal = repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0.02, 0.3),
    gapSeconds: () => gap * random.uniform(0.995, 1.005),
    event: (index) => {
      const modes = voices[index % 2 === 0 ? 0 : 1];
      return addInto(tick(scene, modes, 1), tick(scene, modes, 0.5), { offset: second * sampleRateHz });
    },
  });
  const caseHz = random.uniform(250, 900);
  return applyFilters(signal, sampleRateHz, {
    kind: 'peak',
    frequencyHz: caseHz,
    q: 3,
    decibels: random.uniform(0, 10),
  });
};

/** Hooves, wood blocks, a metronome with accents. */
export const woodBlocks: Sound = (scene) => {
  const { random } = scene;
  const baseHz = random.logUniform(450, 1600);
  const block = drawTick(random, baseHz).map((mode) => ({ ...mode, decaySeconds: mode.decaySeconds * 3 }));
  const rhythm = random.pick([[0.25], [0.18, 0.32], [0.12, 0.12, 0.36], [0.5], [0.33, 0.17]]);
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: (index) => (rhythm[index % rhythm.length] ?? 0.3) * random.uniform(0.97, 1.03),
    event: (index) => tick(scene, block, index % rhythm.length === 0 ? 1 : 0.6),
  });
};

/** Keys, buttons, mouse clicks: irregular runs of two-part clicks. */
export const typing: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const baseHz = random.logUniform(1200, 4000);
  const speed = random.uniform(0.08, 0.22);
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: () => (random.chance(0.1) ? random.uniform(0.3, 0.9) : speed * random.uniform(0.5, 1.6)),
    event: () => {
      const down = tick(scene, drawTick(random, baseHz * random.uniform(0.8, 1.25)), 1);
      return addInto(down, tick(scene, drawTick(random, baseHz * 1.3), 0.4), {
        offset: random.uniform(0.04, 0.09) * sampleRateHz,
      });
    },
  });
};

type Crackle = {
  readonly perSecond: number;
  readonly lowHz: number;
  readonly highHz: number;
  readonly decaySeconds: number;
};

/** Cracks at random times, most of them faint, a few loud. */
const crackles = (scene: Scene, { perSecond, lowHz, highHz, decaySeconds }: Crackle): Float64Array => {
  const { random, sampleRateHz } = scene;
  const target = silenceOf(scene);
  for (let at = random.waiting(1 / perSecond); at < scene.seconds; at += random.waiting(1 / perSecond)) {
    const faint = random.next();
    const modes = [0, 1, 2].map(() => ({
      frequencyHz: random.logUniform(lowHz, highHz),
      decaySeconds: decaySeconds * random.uniform(0.4, 1.6),
      amplitude: faint * faint * faint * random.signed(),
    }));
    strikeModes(target, modes, { offset: at * sampleRateHz, sampleRateHz });
  }
  return target;
};

/** A fire: cracks of burning wood over the low roar of the flames. */
export const fire: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const cracks = crackles(scene, {
    perSecond: random.logUniform(12, 90),
    lowHz: 700,
    highHz: 7000,
    decaySeconds: random.logUniform(0.0008, 0.004),
  });
  const roar = applyFilters(brownNoise(cracks.length, random), sampleRateHz, {
    kind: 'low-pass',
    frequencyHz: random.uniform(150, 600),
  });
  return addInto(normaliseLevel(cracks, 0.1), normaliseLevel(roar, random.logUniform(0.01, 0.12)));
};

/** Dust on a record, static, a counter tube: sparse cracks over faint hiss. */
export const staticCrackle: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const highHz = random.logUniform(3000, 12000);
  const cracks = crackles(scene, {
    perSecond: random.logUniform(3, 60),
    lowHz: highHz / 4,
    highHz,
    decaySeconds: 0.0006,
  });
  const hiss = applyFilters(whiteNoise(cracks.length, random), sampleRateHz, { kind: 'low-pass', frequencyHz: highHz });
  return addInto(normalisePeak(cracks, 1), hiss, { gain: random.logUniform(0.001, 0.03) });
};

/** A train of impulses through a few resonators: from rattles to buzzers as the rate grows. */
export const resonatedPulses: Sound = (scene) => {
  const { random, sampleRateHz } = scene;
  const rateHz = random.logUniform(4, 110);
  const jitter = random.uniform(0, 0.3);
  const target = silenceOf(scene);
  for (let at = 0; at < scene.seconds; at += (1 / rateHz) * (1 + jitter * random.signed())) {
    target[Math.floor(at * sampleRateHz)] = random.uniform(0.7, 1);
  }
  const source = target.slice();
  target.fill(0);
  for (let n = random.integer(2, 4); n > 0; n--) {
    const filter = {
      kind: 'band-pass',
      frequencyHz: random.logUniform(250, 6000),
      q: random.logUniform(3, 30),
    } as const;
    addInto(target, applyFilters(source.slice(), sampleRateHz, filter), { gain: random.uniform(0.4, 1) });
  }
  return target;
};
