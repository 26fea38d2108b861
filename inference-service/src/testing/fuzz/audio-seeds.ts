// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { goldenSignal } from '@earshot/models';
import { wavFile } from '../wav-file.ts';

const GOLDEN = new URL('../../decode/golden/', import.meta.url);
const RATE = 8000;

const made = new Map<number, Buffer>();

/** A wav of so many seconds of notes, 8 kHz; not to be written into. */
export function notes(seconds: number): Buffer {
  const known = made.get(seconds);
  if (known) return known;
  const wav = wavFile(goldenSignal('plucked-notes', RATE, Math.round(RATE * seconds)), RATE);
  made.set(seconds, wav);
  return wav;
}

const goldenFiles = readdirSync(fileURLToPath(GOLDEN))
  .filter((name) => /\.(flac|m4a|mp3|ogg|opus|wav)$/.test(name))
  .sort();

/** Real recordings that mutation starts from: the clips of the golden decode set and two generated wavs. */
export const AUDIO_SEEDS: readonly Buffer[] = [
  ...goldenFiles.map((name) => readFileSync(new URL(name, GOLDEN))),
  notes(1.5),
  notes(4),
];
