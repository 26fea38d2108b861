// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { AudioEmbeddingResult, MelodyOutput, WireSegment } from '@earshot/inference-service/contract';
import type { Card } from '@earshot/models';

const DIMS = 64;
const HOP_MS = 32;
const NOTES = 40;
const DURATIONS_MS = [2816, 6016, 9024];

/** How a card of a melody space goes on after `writeTestCard`'s. Its graphs are never run. */
export const TUNE_CARD: Partial<Card> = {
  id: 'tune-1',
  dims: DIMS,
  hasTrackVector: false,
  aspect: { key: 'm', title: 'Tune' },
  input: {
    tensor: 'waveform',
    sampleRateHz: 8000,
    windowSamples: 81_920,
    hopSamples: 73_728,
    minSamples: 8000,
    padding: 'zero',
  },
  melody: {
    frames: { tensor: 'frames', perWindow: 320, channels: 6, hopSamples: 256 },
    encoder: {
      graph: { file: 'tune-1.encoder.onnx', sha256: 'd'.repeat(64), precision: 'fp32' },
      input: 'contour',
      points: 128,
    },
    index: { durationsMs: DURATIONS_MS, startStepMs: 400, maxSegments: 4096 },
    query: { prefixes: [1, 0.85, 0.72, 0.6], maxSeconds: 30 },
  },
};

/** Number 0…1 that depends on the text only. */
function draw(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}

type Notes = readonly (readonly [semitones: number, frames: number])[];

/** The notes of a made-up song. */
export function tuneOf(song: number): Notes {
  let pitch = 60;
  return Array.from({ length: NOTES }, (_, i) => {
    pitch = Math.min(72, Math.max(50, pitch + Math.round((draw(`${song} pitch ${i}`) - 0.5) * 9)));
    return [pitch, 6 + 6 * Math.floor(draw(`${song} length ${i}`) * 4)] as const;
  });
}

const pitchOf = (notes: Notes): (number | null)[] =>
  notes.flatMap(([semitones, frames]) => [...Array.from({ length: frames - 1 }, () => semitones), null]);

function unit(numbers: readonly number[]): number[] {
  const norm = Math.hypot(...numbers);
  return numbers.map((value) => value / norm);
}

/** Vector of a song's windows from one note on; all have something in common, and those of one song more. */
export const tuneVector = (song: number, note: number): number[] =>
  unit(
    Array.from({ length: DIMS }, (_, i) =>
      ['all', `song ${song}`, `${song} ${note}`].reduce((sum, part) => sum + draw(`${part} ${i}`) - 0.5, 0),
    ),
  );

const wire = (vector: readonly number[]): string => Buffer.from(Float32Array.from(vector).buffer).toString('base64');
const framesBefore = (notes: Notes, note: number): number =>
  notes.slice(0, note).reduce((sum, [, frames]) => sum + frames, 0);

function heardIn(pitch: MelodyOutput['pitch'], notes: number, reason: string | null): MelodyOutput {
  const heard = {
    duration_s: (pitch.length * HOP_MS) / 1000,
    voiced_share: pitch.filter((value) => value !== null).length / pitch.length,
    notes,
    range_semitones: 9.5,
    stable_share: 0.8,
  };
  return { source: 'monophonic', hop_ms: HOP_MS, pitch, heard, reason };
}

type Heard = Pick<AudioEmbeddingResult, 'status' | 'embedding' | 'segments' | 'outputs'>;

/** An indexed song: windows from every fifth note on. */
function hearSong(song: number): Heard {
  const notes = tuneOf(song);
  const pitch = pitchOf(notes);
  const segments = Array.from({ length: 6 }, (_, i) => i * 5).flatMap((note): WireSegment[] => {
    const start_ms = framesBefore(notes, note) * HOP_MS;
    const embedding = wire(tuneVector(song, note));
    return DURATIONS_MS.map((duration) => ({ start_ms, end_ms: start_ms + duration, embedding }));
  });
  return { status: 'ready', embedding: null, segments, outputs: { melody: heardIn(pitch, NOTES, null) } };
}

/** Notes 10 to 24 of a song, lower and slower; its vectors lie a little nearer to those of the song after it. */
function hearHum(song: number): Heard {
  const notes = tuneOf(song)
    .slice(10, 25)
    .map(([semitones, frames], i) => [semitones - 4 + (i % 3) * 0.2, Math.round(frames * 1.2)] as const);
  const pitch = pitchOf(notes);
  const [own, other] = [tuneVector(song, 10), tuneVector(song + 1, 10)];
  const embedding = wire(unit(own.map((value, i) => value + 1.1 * (other[i] ?? 0))));
  const segments = [1, 0.85, 0.72, 0.6].map((share) => ({
    start_ms: 0,
    end_ms: Math.round(pitch.length * share) * HOP_MS,
    embedding,
  }));
  return { status: 'ready', embedding, segments, outputs: { melody: heardIn(pitch, notes.length, null) } };
}

/** A tune that no song has. */
function hearStranger(): Heard {
  const { outputs, segments = [] } = hearHum(999);
  const embedding = wire(unit(Array.from({ length: DIMS }, (_, i) => (i % 2 ? 1 : -1))));
  return { status: 'ready', embedding, segments: segments.map((one) => ({ ...one, embedding })), outputs };
}

/**
 * What a stand-in hears: `SONG 3` is an indexed song, `HUM 3` somebody's humming of it, `STRANGER` a tune of no song,
 * anything else has no melody.
 */
export function hearTune(head: string): Heard {
  const [, kind, number] = /(SONG|HUM) (\d+)/.exec(head) ?? [];
  if (kind === 'SONG') return hearSong(Number(number));
  if (kind === 'HUM') return hearHum(Number(number));
  if (head.includes('STRANGER')) return hearStranger();
  const pitch = Array.from({ length: 100 }, (_, i) => (i < 4 ? 60 : null));
  const outputs = { melody: heardIn(pitch, 1, 'only 4 % of it has a pitch') };
  return { status: 'no_melody', embedding: null, segments: [], outputs };
}
