// SPDX-License-Identifier: Apache-2.0
import { createSeededDraw } from './seeded-draw.ts';

/** A sounding note: seconds from the beginning, MIDI semitones. */
export interface MelodyNote {
  readonly startSeconds: number;
  readonly seconds: number;
  readonly pitch: number;
}

type Draw = (count: number) => number;

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const OTHERS = [
  [0, 2, 4, 7, 9],
  [0, 2, 3, 5, 7, 8, 10],
];
/** Steps along the scale and lengths in beats, each with its share in per cent. */
const STEPS = [
  [-4, 3],
  [-3, 5],
  [-2, 12],
  [-1, 23],
  [0, 14],
  [1, 23],
  [2, 12],
  [3, 5],
  [4, 3],
] as const;
const BEATS = [
  [0.25, 4],
  [0.5, 40],
  [1, 38],
  [1.5, 8],
  [2, 10],
] as const;
const BEAT_SECONDS = 0.5;
/** Degrees above or below the key note where a melody turns round, for a voice has no more: 12 to 17 semitones. */
const WIDEST_DEGREE = 7;

interface Motif {
  readonly steps: readonly number[];
  readonly beats: readonly number[];
}

const between = (draw: Draw, from: number, to: number): number => from + draw(to - from + 1);

const clamp = (degree: number): number => Math.max(-WIDEST_DEGREE, Math.min(WIDEST_DEGREE, degree));

function weighted(draw: Draw, choices: readonly (readonly [value: number, share: number])[]): number {
  let left = draw(100);
  for (const [value, share] of choices) {
    left -= share;
    if (left < 0) return value;
  }
  return 0;
}

function drawMotif(draw: Draw): Motif {
  const notes = Array.from({ length: between(draw, 4, 9) });
  const steps = notes.map(() => weighted(draw, STEPS));
  const even = draw(2) === 0 ? (draw(2) + 1) / 2 : undefined;
  const beats = notes.map(() => even ?? weighted(draw, BEATS));
  return { steps, beats: [...beats.slice(0, -1), between(draw, 1, 3)] };
}

function drawMelody(draw: Draw): MelodyNote[] {
  const scale = draw(100) < 60 ? MAJOR : (OTHERS[draw(2)] ?? MAJOR);
  const key = between(draw, 55, 67);
  const motifs = Array.from({ length: between(draw, 2, 3) }, () => drawMotif(draw));
  const fewest = between(draw, 24, 59);
  const notes: MelodyNote[] = [];
  let [degree, motifStart, beat] = [0, 0, 0];
  while (notes.length < fewest) {
    const motif = motifs[draw(motifs.length)] as Motif;
    if (draw(2) === 0) degree = clamp(motifStart + between(draw, -1, 1));
    motifStart = degree;
    for (const [i, step] of motif.steps.entries()) {
      degree = clamp(degree + step) === degree + step ? degree + step : degree - step;
      const octave = Math.floor(degree / scale.length);
      const pitch = key + 12 * octave + (scale[degree - octave * scale.length] as number);
      const beats = motif.beats[i] as number;
      notes.push({ startSeconds: beat * BEAT_SECONDS, seconds: beats * BEAT_SECONDS, pitch });
      beat += beats;
    }
  }
  return notes;
}

/**
 * Melodies that nobody sings, to make a collection larger: scales, motifs of 4 to 9 notes that come back, 24 notes and
 * more at 120 beats a minute. The same seed gives the same melodies, whatever their number.
 */
export function generateMelodies(count: number, seed: number): MelodyNote[][] {
  const draw = createSeededDraw(seed);
  return Array.from({ length: count }, () => drawMelody(draw));
}
