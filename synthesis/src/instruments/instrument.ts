// SPDX-License-Identifier: Apache-2.0
import type { Random } from '../signal/random.ts';

export type Note = {
  readonly frequencyHz: number;
  /** Until the key is released; struck and plucked instruments ring on. */
  readonly seconds: number;
  /** 0…1. */
  readonly loudness: number;
  readonly random: Random;
  readonly sampleRateHz: number;
};

/** One instrument with its own body and player: renders a note, tail included, at a peak near `loudness`. */
export type Instrument = (note: Note) => Float64Array;

/** Draws one instrument of a kind: no two are quite alike. */
export type InstrumentMaker = (random: Random) => Instrument;
