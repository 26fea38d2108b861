// SPDX-License-Identifier: Apache-2.0
import { ratioOfSemitones } from '../signal/exact-math.ts';
import { addInto, normalisePeak } from '../signal/mix.ts';
import { type Mode, strikeModes } from '../signal/modes.ts';
import type { Random } from '../signal/random.ts';
import { lasting, type Scene, type Sound, silenceOf } from '../signal/scene.ts';
import { noiseBurst, repeatEvents } from './burst.ts';

type Material = {
  readonly lowHz: number;
  readonly highHz: number;
  readonly decaySeconds: number;
  readonly count: number;
};

/** Modes of some solid body: scattered between the ends, the higher the shorter and softer. */
const drawModes = (random: Random, { lowHz, highHz, decaySeconds, count }: Material): Mode[] =>
  Array.from({ length: count }, () => {
    const frequencyHz = random.logUniform(lowHz, highHz);
    const dullness = Math.sqrt(lowHz / frequencyHz);
    return {
      frequencyHz,
      decaySeconds: decaySeconds * dullness * random.uniform(0.5, 1.3),
      amplitude: dullness * random.uniform(0.3, 1),
    };
  });

/** One blow: the body's modes and the noise of the contact. */
const hit = (
  scene: Scene,
  modes: readonly Mode[],
  contact: { readonly frequencyHz: number; readonly gain: number },
): Float64Array => {
  const { random, sampleRateHz } = scene;
  const signal = silenceOf(scene);
  const uneven = modes.map((mode) => ({ ...mode, amplitude: mode.amplitude * random.uniform(0.7, 1.2) }));
  strikeModes(signal, uneven, { sampleRateHz });
  normalisePeak(signal, 1);
  const filters = [{ kind: 'band-pass', frequencyHz: contact.frequencyHz, q: 0.7 }] as const;
  addInto(signal, noiseBurst(scene, { attackSeconds: 0.0008, decaySeconds: 0.006, filters }), { gain: contact.gain });
  return signal;
};

/** Knuckles on wood: groups of two to five blows. */
export const knocking: Sound = (scene) => {
  const { random } = scene;
  const modes = drawModes(random, {
    lowHz: random.uniform(110, 260),
    highHz: 1800,
    decaySeconds: random.uniform(0.03, 0.07),
    count: 8,
  });
  const contact = { frequencyHz: random.uniform(900, 2200), gain: random.uniform(0.5, 1.5) };
  const group = random.integer(2, 5);
  const gap = random.uniform(0.14, 0.3);
  const pause = random.uniform(0.7, 1.6);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0.02, 0.5),
    gapSeconds: (index) => (index % group === group - 1 ? pause : gap) * random.uniform(0.92, 1.08),
    event: () => hit(lasting(scene, 0.4), modes, contact),
  });
};

/** Steps: heel, then sole; ground hard or gravelly; left and right differ a little. */
export const footsteps: Sound = (scene) => {
  const { random } = scene;
  const heel = drawModes(random, {
    lowHz: random.uniform(70, 160),
    highHz: 900,
    decaySeconds: random.uniform(0.012, 0.035),
    count: 6,
  });
  const gravel = random.chance(0.4) ? random.uniform(0.5, 1.2) : random.uniform(0.05, 0.25);
  const groundHz = random.logUniform(900, 3500);
  const stepSeconds = random.uniform(0.36, 0.72);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0.02, 0.3),
    gapSeconds: () => stepSeconds * random.uniform(0.95, 1.05),
    event: (index) => {
      const body = hit(lasting(scene, 0.4), heel, { frequencyHz: groundHz, gain: 0.5 });
      const filters = [{ kind: 'band-pass', frequencyHz: groundHz * (index % 2 === 0 ? 1 : 1.12), q: 0.8 }] as const;
      const sole = noiseBurst(lasting(scene, 0.3), {
        attackSeconds: 0.02,
        decaySeconds: random.uniform(0.025, 0.05),
        filters,
      });
      return addInto(body, sole, { offset: 0.07 * scene.sampleRateHz, gain: gravel });
    },
  });
};

/** Hammer on metal, anvil to sheet. */
export const hammering: Sound = (scene) => {
  const { random } = scene;
  const modes = drawModes(random, {
    lowHz: random.logUniform(250, 1400),
    highHz: 9000,
    decaySeconds: random.logUniform(0.05, 0.6),
    count: 14,
  });
  const gap = random.uniform(0.25, 0.9);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.3),
    gapSeconds: () => gap * random.uniform(0.9, 1.1),
    event: () => hit(lasting(scene, 1.5), modes, { frequencyHz: 3000, gain: 0.8 }),
  });
};

/** Ratios of a tuned church bell: hum, prime, tierce, quint, nominal and above. */
const BELL = [0.5, 1, 1.19, 1.5, 2, 2.51, 2.66, 3.01, 4.1, 5.4] as const;

/** A large bell tolling, or a hand bell swung. */
export const bell: Sound = (scene) => {
  const { random } = scene;
  const primeHz = random.logUniform(180, 900);
  const decaySeconds = random.uniform(1, 3) * Math.sqrt(300 / primeHz);
  const modes = BELL.map((ratio) => ({
    frequencyHz: primeHz * ratio * random.uniform(0.995, 1.005),
    decaySeconds: decaySeconds / Math.sqrt(ratio + 0.3),
    amplitude: random.uniform(0.4, 1) / Math.sqrt(ratio + 0.5),
  }));
  const gap = random.uniform(0.9, 2.6);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0.01, 0.2),
    gapSeconds: () => gap * random.uniform(0.97, 1.03),
    event: () => hit(lasting(scene, Math.min(scene.seconds, 6)), modes, { frequencyHz: primeHz * 6, gain: 0.15 }),
  });
};

/** Wind chimes: a handful of tubes touched at random. */
export const chimes: Sound = (scene) => {
  const { random } = scene;
  const baseHz = random.logUniform(500, 1500);
  const tubes = [0, 2, 4, 7, 9, 12].map((semitones) =>
    [1, 2.76, 5.4].map((ratio) => ({
      frequencyHz: baseHz * ratioOfSemitones(semitones) * ratio,
      decaySeconds: random.uniform(0.4, 1.3) / ratio,
      amplitude: 1 / ratio,
    })),
  );
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: () => random.waiting(0.28),
    event: () =>
      hit(lasting(scene, 2.5), tubes[random.integer(0, tubes.length - 1)] ?? [], { frequencyHz: 5000, gain: 0.05 }),
  });
};

/** Glass set down, clinked, now and then broken into a shower of pieces. */
export const glass: Sound = (scene) => {
  const { random } = scene;
  const breaks = random.chance(0.5);
  const material = {
    lowHz: random.uniform(1500, 3000),
    highHz: 12000,
    decaySeconds: random.uniform(0.05, 0.2),
    count: 7,
  };
  const clink = (): Float64Array =>
    hit(lasting(scene, 0.8), drawModes(random, material), { frequencyHz: 6000, gain: 0.3 });
  if (!breaks) {
    return repeatEvents(silenceOf(scene), scene, { gapSeconds: () => random.uniform(0.2, 1), event: clink });
  }
  const start = random.uniform(0.1, 1.5);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: start,
    gapSeconds: (index) => random.waiting(0.006 + index * 0.0015),
    event: (index) => clink().map((value) => value / (1 + index * 0.05)),
  });
};

/** Hands clapping: one pair in rhythm up to a hall full of them. */
export const clapping: Sound = (scene) => {
  const { random } = scene;
  const target = silenceOf(scene);
  const people = random.pick([1, 1, 3, 8, 20]);
  for (let person = 0; person < people; person++) {
    const frequencyHz = random.logUniform(700, 2200);
    const gap = random.uniform(0.2, 0.42);
    repeatEvents(target, scene, {
      startSeconds: random.uniform(0, 0.4),
      gapSeconds: () => gap * random.uniform(0.93, 1.07),
      event: () => {
        const filters = [{ kind: 'band-pass', frequencyHz: frequencyHz * random.uniform(0.9, 1.1), q: 1.2 }] as const;
        return noiseBurst(lasting(scene, 0.1), {
          attackSeconds: 0.001,
          decaySeconds: random.uniform(0.006, 0.014),
          filters,
        });
      },
    });
  }
  return target;
};

/** Shots, fireworks, thunder: a crack, then a long low roll with echoes. */
export const explosions: Sound = (scene) => {
  const { random } = scene;
  const rollSeconds = random.logUniform(0.08, 1);
  const crackHz = random.logUniform(600, 4000);
  const cluster = random.chance(0.4) ? 0.12 : random.uniform(0.7, 2.5);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0.05, 0.6),
    gapSeconds: () => random.waiting(cluster) + 0.03,
    event: () => {
      const roll = [{ kind: 'low-pass', frequencyHz: random.uniform(120, 500) }] as const;
      const body = noiseBurst(scene, { attackSeconds: 0.004, decaySeconds: rollSeconds, filters: roll });
      const crack = [{ kind: 'high-pass', frequencyHz: crackHz }] as const;
      addInto(body, noiseBurst(lasting(scene, 0.3), { attackSeconds: 0.0005, decaySeconds: 0.012, filters: crack }), {
        gain: 0.25,
      });
      const gain = random.uniform(0.3, 1);
      return body.map((value) => value * gain);
    },
  });
};
