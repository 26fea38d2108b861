// SPDX-License-Identifier: Apache-2.0
import { createBowedString } from '../instruments/bowed-string.ts';
import { createBrass } from '../instruments/brass.ts';
import { createFlute } from '../instruments/flute.ts';
import { createOrgan } from '../instruments/organ.ts';
import { createPluckedString } from '../instruments/plucked-string.ts';
import { createReed } from '../instruments/reed.ts';
import { createStruckBar } from '../instruments/struck-bar.ts';
import { createStruckString } from '../instruments/struck-string.ts';
import { createVoice } from '../instruments/voice.ts';
import { addInto, normaliseLevel } from '../signal/mix.ts';
import type { Random } from '../signal/random.ts';
import type { Sound } from '../signal/scene.ts';
import { bandNoise, breathing, steadyNoise, waves, whoosh, wind } from '../sounds/air.ts';
import { bird, buzzing, cricket, frog, hooting, trill } from '../sounds/birds-and-insects.ts';
import { babble, barking, coughing, crowing, crying, laughing, lowing } from '../sounds/calls.ts';
import { bell, chimes, clapping, explosions, footsteps, glass, hammering, knocking } from '../sounds/impacts.ts';
import {
  acceleration,
  blower,
  electricMotor,
  engine,
  rotor,
  train,
  turningMachine,
  twoStroke,
} from '../sounds/machines.ts';
import { brushing, creak, crumpling, rolling, sawing } from '../sounds/scrapes.ts';
import { beeping, chirps, drone, frequencyModulation, horn, ringing, siren } from '../sounds/signals.ts';
import { clock, fire, resonatedPulses, staticCrackle, typing, woodBlocks } from '../sounds/ticks.ts';
import { bubbling, dripping, pouring, rain, sizzle, splashes, stream } from '../sounds/water.ts';
import { chordsOn, drumLoop, drumsWithLead, melodyOn, singleNotesOn } from './music.ts';

const NATURE = { rain, waves, wind, stream, bubbling, dripping, pouring, splashes, sizzle, fire };

const ANIMALS_AND_PEOPLE = {
  bird,
  trill,
  hooting,
  cricket,
  buzzing,
  frog,
  barking,
  crying,
  crowing,
  lowing,
  laughing,
  babble,
  coughing,
  breathing,
};

const THINGS = {
  knocking,
  footsteps,
  hammering,
  bell,
  chimes,
  glass,
  clapping,
  explosions,
  clock,
  woodBlocks,
  typing,
  staticCrackle,
  resonatedPulses,
  sawing,
  brushing,
  creak,
  crumpling,
  rolling,
};

const MACHINES_AND_SIGNALS = {
  engine,
  acceleration,
  twoStroke,
  rotor,
  electricMotor,
  blower,
  train,
  turningMachine,
  siren,
  beeping,
  ringing,
  horn,
};

const ABSTRACT = { steadyNoise, bandNoise, whoosh, chirps, frequencyModulation, drone };

const MUSIC = {
  pluckedString: melodyOn(createPluckedString, { lowHz: 98, highHz: 392 }),
  struckBar: melodyOn(createStruckBar, { lowHz: 260, highHz: 900 }),
  struckString: melodyOn(createStruckString, { lowHz: 110, highHz: 520 }),
  reed: melodyOn(createReed, { lowHz: 130, highHz: 520 }),
  brass: melodyOn(createBrass, { lowHz: 98, highHz: 440 }),
  organ: melodyOn(createOrgan, { lowHz: 110, highHz: 440 }),
  bowedString: melodyOn(createBowedString, { lowHz: 90, highHz: 520 }),
  flute: melodyOn(createFlute, { lowHz: 260, highHz: 800 }),
  voice: melodyOn(createVoice, { lowHz: 110, highHz: 440 }),
  chords: chordsOn([createPluckedString, createStruckString, createOrgan, createBowedString, createBrass, createVoice]),
  singleNotes: singleNotesOn([
    createPluckedString,
    createStruckBar,
    createStruckString,
    createReed,
    createBrass,
    createBowedString,
    createFlute,
  ]),
  drumLoop,
  drumsWithLead,
};

const SINGLE: Readonly<Record<string, Sound>> = {
  ...NATURE,
  ...ANIMALS_AND_PEOPLE,
  ...THINGS,
  ...MACHINES_AND_SIGNALS,
  ...ABSTRACT,
  ...MUSIC,
};

const anySound = (random: Random): Sound => random.pick(Object.values(SINGLE));

/** Two sounds at once, the second up to 15 dB below the first. */
const mixture: Sound = (scene) => {
  const first = normaliseLevel(anySound(scene.random)(scene), 0.1);
  return addInto(first, normaliseLevel(anySound(scene.random)(scene), scene.random.logUniform(0.018, 0.1)));
};

/** Every generator of the fit corpus by name. The order is part of the corpus: append, never insert. */
export const RECIPES: Readonly<Record<string, Sound>> = { ...SINGLE, mixture };
