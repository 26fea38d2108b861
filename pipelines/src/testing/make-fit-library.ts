// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTempDir } from '@earshot/e2e/support';
import { createSeededRandom } from '../core/seeded-random.ts';

const RATE_HZ = 8000;
const SECONDS = 2.4;
/** Enough for a fit. */
const EACH = 15;

/** A mono 16-bit WAV of 8 kHz. */
export function wav(sampleAt: (seconds: number) => number, seconds = SECONDS): Buffer {
  const samples = Math.round(seconds * RATE_HZ);
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE_HZ, 24);
  bytes.writeUInt32LE(2 * RATE_HZ, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples, 40);
  for (let n = 0; n < samples; n++) bytes.writeInt16LE(Math.round(20_000 * sampleAt(n / RATE_HZ)), 44 + 2 * n);
  return bytes;
}

/** Harmonics under a tremolo. */
function tone(seed: number): Buffer {
  const random = createSeededRandom(seed);
  const [f0, tremolo, brightness] = [110 + 400 * random(), 1 + 8 * random(), 1 + 3 * random()];
  return wav((t) => {
    let sum = 0;
    for (let h = 1; h <= 6; h++) sum += Math.sin(2 * Math.PI * f0 * h * t) / h ** brightness;
    return (sum / 3) * (0.6 + 0.4 * Math.sin(2 * Math.PI * tremolo * t));
  });
}

/** Noise in bursts. */
function noise(seed: number): Buffer {
  const random = createSeededRandom(seed);
  const [rate, softness] = [2 + 6 * random(), random()];
  let last = 0;
  return wav((t) => {
    last = softness * last + (1 - softness) * (2 * random() - 1);
    return last * Math.exp(-6 * ((t * rate) % 1));
  });
}

/**
 * A folder that constants can be fitted to: two labels (`noise`, `tones`) with 15 recordings of 2.4 s each, besides one
 * that is broken, a silent one and a copy. Sidecars have a label `day` with two values.
 */
export function makeFitLibrary(): string {
  const folder = makeTempDir('fit-library');
  const kinds = { noise, tones: tone };
  for (const [kind, make] of Object.entries(kinds)) {
    mkdirSync(join(folder, kind));
    for (let i = 0; i < EACH; i++) {
      writeFileSync(join(folder, kind, `${i}.wav`), make(i + 1));
      writeFileSync(join(folder, kind, `${i}.wav.json`), JSON.stringify({ labels: { day: ['mon', 'tue'][i % 2] } }));
    }
  }
  for (const ending of ['wav', 'wav.json'])
    copyFileSync(join(folder, 'tones', `3.${ending}`), join(folder, 'tones', `copy.${ending}`));
  writeFileSync(join(folder, 'noise', 'broken.wav'), 'RIFF');
  writeFileSync(
    join(folder, 'noise', 'silence.wav'),
    wav(() => 0),
  );
  return folder;
}
