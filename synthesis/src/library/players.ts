// SPDX-License-Identifier: Apache-2.0
import { createBowedString } from '../instruments/bowed-string.ts';
import { createBrass } from '../instruments/brass.ts';
import { playDrums } from '../instruments/drum-kit.ts';
import type { InstrumentMaker } from '../instruments/instrument.ts';
import { createOrgan } from '../instruments/organ.ts';
import { createPluckedString } from '../instruments/plucked-string.ts';
import { createReed } from '../instruments/reed.ts';
import { createStruckBar } from '../instruments/struck-bar.ts';
import { createStruckString } from '../instruments/struck-string.ts';
import { createSynthLead } from '../instruments/synth-lead.ts';
import { createVoice } from '../instruments/voice.ts';
import { performMelody } from '../melody/perform-melody.ts';
import { ratioOfSemitones } from '../signal/exact-math.ts';
import { addInto, normaliseLevel } from '../signal/mix.ts';
import { createRandom, type Random } from '../signal/random.ts';
import type { Scene } from '../signal/scene.ts';
import type { DemoMelody } from './melodies.ts';

type Player = {
  readonly id: string;
  readonly title: string;
  readonly createInstrument: InstrumentMaker;
  /** Frequency of the c in which the melodies are written, before the key is drawn. */
  readonly middleHz: number;
  readonly drums?: boolean;
};

/** Who plays in the library. */
export const PLAYERS: readonly Player[] = [
  { id: 'plucked-string', title: 'plucked string', createInstrument: createPluckedString, middleHz: 196 },
  { id: 'struck-bar', title: 'struck bar', createInstrument: createStruckBar, middleHz: 523 },
  { id: 'struck-string', title: 'struck string', createInstrument: createStruckString, middleHz: 262 },
  { id: 'reed', title: 'reed', createInstrument: createReed, middleHz: 262 },
  { id: 'brass', title: 'brass', createInstrument: createBrass, middleHz: 233 },
  { id: 'organ', title: 'organ', createInstrument: createOrgan, middleHz: 262 },
  { id: 'bowed-string', title: 'bowed string', createInstrument: createBowedString, middleHz: 294 },
  { id: 'voice', title: 'voice', createInstrument: createVoice, middleHz: 196 },
  { id: 'drum-kit', title: 'drum kit with lead', createInstrument: createSynthLead, middleHz: 330, drums: true },
];

/** Four instruments of each kind exist; a melody is played on one of them. */
const INSTRUMENTS_OF_A_KIND = 4;

/** Plays a melody in a key within a fourth of the player's own and at 85–115 % of its usual tempo. */
export const playMelody = (scene: Scene, player: Player, melody: DemoMelody): Float64Array => {
  const { random } = scene;
  const instrument = player.createInstrument(
    createRandom('library', player.id, random.integer(1, INSTRUMENTS_OF_A_KIND)),
  );
  const beatsPerMinute = melody.beatsPerMinute * random.uniform(0.85, 1.15);
  const tonicHz = player.middleHz * drawKey(random);
  const lead = performMelody(scene, melody.notes, { instrument, tonicHz, beatsPerMinute });
  if (player.drums !== true) return lead;
  return addInto(normaliseLevel(playDrums(scene, beatsPerMinute), 0.1), normaliseLevel(lead, 0.09));
};

const drawKey = (random: Random): number => ratioOfSemitones(random.integer(-5, 5));
