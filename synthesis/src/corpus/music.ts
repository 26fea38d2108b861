// SPDX-License-Identifier: Apache-2.0
import { playDrums } from '../instruments/drum-kit.ts';
import type { InstrumentMaker } from '../instruments/instrument.ts';
import { createSynthLead } from '../instruments/synth-lead.ts';
import { generateMelody } from '../melody/generate-melody.ts';
import { performMelody } from '../melody/perform-melody.ts';
import { ratioOfSemitones } from '../signal/exact-math.ts';
import { addInto, normaliseLevel } from '../signal/mix.ts';
import { type Sound, silenceOf } from '../signal/scene.ts';

type Range = { readonly lowHz: number; readonly highHz: number };

/** Generated melodies on an instrument drawn anew for each scene, in any key and tempo; sometimes with a second part a third or an octave away. */
export const melodyOn =
  (createInstrument: InstrumentMaker, { lowHz, highHz }: Range): Sound =>
  (scene) => {
    const { random } = scene;
    const instrument = createInstrument(random);
    const tonicHz = random.logUniform(lowHz, highHz);
    const beatsPerMinute = random.logUniform(60, 180);
    const melody = generateMelody(random, 4);
    const target = performMelody(scene, melody, {
      instrument,
      tonicHz,
      beatsPerMinute,
      legato: random.uniform(0.5, 1),
    });
    if (random.chance(0.25)) {
      const second = tonicHz * ratioOfSemitones(random.pick([-12, 7, 12]));
      addInto(target, performMelody(scene, melody, { instrument, tonicHz: second, beatsPerMinute }), { gain: 0.6 });
    }
    return target;
  };

const CHORDS = [
  [0, 4, 7],
  [0, 3, 7],
  [0, 5, 9],
  [0, 4, 7, 11],
  [-12, 0, 7],
] as const;

/** Slow changes of three- and four-part chords on one of several instruments. */
export const chordsOn =
  (createInstruments: readonly InstrumentMaker[]): Sound =>
  (scene) => {
    const { random, sampleRateHz } = scene;
    const instrument = random.pick(createInstruments)(random);
    const rootHz = random.logUniform(130, 330);
    const seconds = random.uniform(0.5, 1.6);
    const target = silenceOf(scene);
    for (let at = 0; at < scene.seconds - 0.2; at += seconds) {
      const degree = random.pick([0, 0, 5, 7, -3]);
      const length = Math.min(seconds, scene.seconds - at);
      for (const semitones of random.pick(CHORDS)) {
        const note = {
          frequencyHz: rootHz * ratioOfSemitones(degree + semitones),
          seconds: length,
          loudness: 0.7,
          random,
          sampleRateHz,
        };
        addInto(target, instrument(note), { offset: (at + random.uniform(0, 0.02)) * sampleRateHz });
      }
    }
    return target;
  };

/** Two or three notes held alone with silence between them: what sample libraries look like. */
export const singleNotesOn =
  (createInstruments: readonly InstrumentMaker[]): Sound =>
  (scene) => {
    const { random, sampleRateHz } = scene;
    const instrument = random.pick(createInstruments)(random);
    const frequencyHz = random.logUniform(110, 880);
    const gap = random.uniform(1, 2.5);
    const target = silenceOf(scene);
    for (let at = 0; at < scene.seconds - 0.3; at += gap) {
      const note = {
        frequencyHz,
        seconds: Math.min(gap * 0.7, scene.seconds - at),
        loudness: 0.8,
        random,
        sampleRateHz,
      };
      addInto(target, instrument(note), { offset: at * sampleRateHz });
    }
    return target;
  };

export const drumLoop: Sound = (scene) => playDrums(scene, scene.random.uniform(75, 170));

/** Drums with a lead over them. */
export const drumsWithLead: Sound = (scene) => {
  const { random } = scene;
  const beatsPerMinute = random.uniform(80, 150);
  const drums = normaliseLevel(playDrums(scene, beatsPerMinute), 0.1);
  const instrument = createSynthLead(random);
  const melody = generateMelody(random, 4);
  const lead = performMelody(scene, melody, { instrument, tonicHz: random.logUniform(220, 520), beatsPerMinute });
  return addInto(drums, normaliseLevel(lead, random.uniform(0.06, 0.12)));
};
