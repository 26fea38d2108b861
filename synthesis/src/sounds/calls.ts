// SPDX-License-Identifier: Apache-2.0

import { throughFormants, VOWELS } from '../instruments/voice.ts';
import { type Curve, lines, sampleCurve } from '../signal/curve.ts';
import { power, sineOfTurns } from '../signal/exact-math.ts';
import { addInto, normalisePeak, saturate, scale, shape } from '../signal/mix.ts';
import { whiteNoise } from '../signal/noise.ts';
import type { Random } from '../signal/random.ts';
import { lasting, lengthOf, type Scene, type Sound, silenceOf } from '../signal/scene.ts';
import { createWavetable, harmonicsBelow, oscillate, spectrum } from '../signal/wavetable.ts';
import { repeatEvents } from './burst.ts';

type Throat = {
  readonly slope: number;
  readonly breath: number;
  readonly size: number;
  readonly rough: number;
  readonly formants: readonly [number, number, number];
};

const drawThroat = (random: Random, size: number): Throat => ({
  slope: random.uniform(0.6, 1.4),
  breath: random.uniform(0.02, 0.3),
  size,
  rough: random.uniform(0, 3),
  formants: random.pick(VOWELS),
});

/** One call of an animal or a person: pulses along a pitch curve and breath through the throat, under a loudness curve. */
const call = (
  scene: Scene,
  throat: Throat,
  { pitchHz, loudness }: { readonly pitchHz: Curve; readonly loudness: Curve },
): Float64Array => {
  const { random, sampleRateHz } = scene;
  const length = lengthOf(scene);
  const pitch = sampleCurve(pitchHz, length, sampleRateHz);
  const highest = pitch.reduce((top, value) => Math.max(top, value), 50);
  const table = createWavetable(spectrum(harmonicsBelow(highest, sampleRateHz, 48), (n) => 1 / power(n, throat.slope)));
  const source = oscillate(table, pitch, sampleRateHz, random.next());
  addInto(source, whiteNoise(length, random), { gain: throat.breath });
  const signal = throughFormants(saturate(source, throat.rough), throat.formants, {
    throat: throat.size,
    sampleRateHz,
  });
  addInto(signal, source, { gain: 0.05 });
  return normalisePeak(shape(signal, sampleCurve(loudness, length, sampleRateHz)));
};

const hump = (seconds: number, attackShare = 0.2): Curve =>
  lines([
    [0, 0],
    [seconds * attackShare, 1],
    [seconds * 0.6, 0.8],
    [seconds, 0],
  ]);

/** Barks: short explosive falls in groups. */
export const barking: Sound = (scene) => {
  const { random } = scene;
  const throat = {
    ...drawThroat(random, random.uniform(0.7, 1.5)),
    breath: random.uniform(0.2, 0.6),
    rough: random.uniform(1, 5),
  };
  const topHz = random.logUniform(250, 800);
  const seconds = random.uniform(0.1, 0.25);
  const gap = random.uniform(0.25, 0.6);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.5),
    gapSeconds: () => (random.chance(0.3) ? random.uniform(0.8, 1.6) : gap * random.uniform(0.9, 1.1)),
    event: () => {
      const startHz = topHz * random.uniform(0.9, 1.1);
      return call(lasting(scene, seconds), throat, {
        pitchHz: lines([
          [0, startHz * 0.7],
          [seconds * 0.25, startHz],
          [seconds, startHz * 0.55],
        ]),
        loudness: hump(seconds, 0.1),
      });
    },
  });
};

/** A cry or a mew: long glides up and down with a break of breath between. */
export const crying: Sound = (scene) => {
  const { random } = scene;
  const throat = drawThroat(random, random.uniform(1.1, 1.7));
  const baseHz = random.logUniform(300, 650);
  const seconds = random.uniform(0.5, 1.3);
  const shakeHz = random.uniform(5, 12);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.4),
    gapSeconds: () => seconds + random.uniform(0.1, 0.7),
    event: () => {
      const glide = lines([
        [0, baseHz * 0.85],
        [seconds * 0.3, baseHz * random.uniform(1.1, 1.5)],
        [seconds, baseHz * random.uniform(0.6, 0.9)],
      ]);
      return call(lasting(scene, seconds), throat, {
        pitchHz: (t) => glide(t) * (1 + 0.02 * sineOfTurns(shakeHz * t)),
        loudness: hump(seconds, 0.15),
      });
    },
  });
};

/** A rooster's, crow's or gull's call: rough, two to four syllables, the last one long and falling. */
export const crowing: Sound = (scene) => {
  const { random } = scene;
  const throat = {
    ...drawThroat(random, random.uniform(1.2, 1.9)),
    slope: random.uniform(0.3, 0.8),
    rough: random.uniform(2, 6),
  };
  const baseHz = random.logUniform(380, 900);
  const syllables = Array.from({ length: random.integer(1, 4) }, () => random.uniform(0.1, 0.3));
  const lastSeconds = random.uniform(0.3, 0.9);
  const phrase = [...syllables, lastSeconds];
  const pause = random.uniform(0.5, 1.5);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.6),
    gapSeconds: (index) =>
      (phrase[index % phrase.length] ?? 0.2) + (index % phrase.length === phrase.length - 1 ? pause : 0.06),
    event: (index) => {
      const seconds = phrase[index % phrase.length] ?? 0.2;
      const top = baseHz * (1 + 0.15 * (index % phrase.length));
      return call(lasting(scene, seconds), throat, {
        pitchHz: lines([
          [0, top * 0.8],
          [seconds * 0.2, top],
          [seconds * 0.7, top * 0.95],
          [seconds, top * 0.65],
        ]),
        loudness: hump(seconds, 0.1),
      });
    },
  });
};

/** Lowing, howling, horns of beasts: one or two seconds on a low gliding pitch. */
export const lowing: Sound = (scene) => {
  const { random } = scene;
  const throat = drawThroat(random, random.uniform(0.5, 0.9));
  const baseHz = random.logUniform(70, 320);
  const seconds = random.uniform(0.9, 2.2);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.8),
    gapSeconds: () => seconds + random.uniform(0.3, 1.5),
    event: () =>
      call(lasting(scene, seconds), throat, {
        pitchHz: lines([
          [0, baseHz * 0.8],
          [seconds * 0.3, baseHz * 1.15],
          [seconds, baseHz * 0.8],
        ]),
        loudness: hump(seconds, 0.3),
      }),
  });
};

/** Laughter or bleating: quick voiced pulses falling in pitch. */
export const laughing: Sound = (scene) => {
  const { random } = scene;
  const throat = drawThroat(random, random.uniform(0.9, 1.4));
  const baseHz = random.logUniform(140, 420);
  const seconds = random.uniform(0.08, 0.16);
  const run = random.integer(4, 10);
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: (index) => (index % run === run - 1 ? random.uniform(0.4, 1) : seconds * random.uniform(1.3, 1.6)),
    event: (index) => {
      const pitch = baseHz * (1.3 - (0.5 * (index % run)) / run);
      return call(lasting(scene, seconds), throat, { pitchHz: () => pitch, loudness: hump(seconds) });
    },
  });
};

/** Something like talk: syllables of changing vowel and pitch, hissing consonants between. */
export const babble: Sound = (scene) => {
  const { random } = scene;
  const throat = { ...drawThroat(random, random.uniform(0.9, 1.25)), rough: 0, breath: 0.03 };
  const baseHz = random.logUniform(90, 260);
  return repeatEvents(silenceOf(scene), scene, {
    gapSeconds: () => (random.chance(0.12) ? random.uniform(0.3, 0.7) : random.uniform(0.12, 0.26)),
    event: () => {
      const seconds = random.uniform(0.1, 0.24);
      const pitch = baseHz * random.uniform(0.8, 1.3);
      const syllable = { ...throat, formants: random.pick(VOWELS), breath: random.chance(0.25) ? 2 : 0.03 };
      return scale(
        call(lasting(scene, seconds), syllable, {
          pitchHz: lines([
            [0, pitch],
            [seconds, pitch * random.uniform(0.8, 1.1)],
          ]),
          loudness: hump(seconds),
        }),
        random.uniform(0.4, 1),
      );
    },
  });
};

/** Coughs and sneezes: a drawn breath, an explosion of noise, a voiced end. */
export const coughing: Sound = (scene) => {
  const { random } = scene;
  const throat = { ...drawThroat(random, random.uniform(0.9, 1.3)), slope: 1 };
  const baseHz = random.logUniform(120, 380);
  const sneeze = random.chance(0.5);
  return repeatEvents(silenceOf(scene), scene, {
    startSeconds: random.uniform(0, 0.8),
    gapSeconds: () => random.uniform(0.4, sneeze ? 2.5 : 1),
    event: () => {
      const target = silenceOf(lasting(scene, 1.1));
      const at = sneeze ? random.uniform(0.3, 0.6) : 0;
      const inhale = { ...throat, breath: 8 };
      if (sneeze)
        addInto(
          target,
          call(lasting(scene, at), inhale, {
            pitchHz: () => baseHz,
            loudness: lines([
              [0, 0],
              [at * 0.8, 1],
              [at, 0],
            ]),
          }),
          { gain: 0.15 },
        );
      const seconds = random.uniform(0.2, 0.45);
      const pitchHz = lines([
        [0, baseHz * 1.4],
        [seconds, baseHz * 0.7],
      ]);
      const explode = lines([
        [0, 0],
        [0.008, 1],
        [0.08, 0.5],
        [seconds, 0],
      ]);
      return addInto(
        target,
        call(lasting(scene, seconds), { ...throat, breath: random.uniform(0.6, 4) }, { pitchHz, loudness: explode }),
        { offset: at * scene.sampleRateHz },
      );
    },
  });
};
