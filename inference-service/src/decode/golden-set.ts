// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFile } from './decode-file.ts';
import type { Decoder } from './decoder.ts';

/** Of the expected samples every n-th is stored: a wrong frame is wrong in hundreds of samples. */
export const EVERY_NTH = 4;

const FOLDER = join(import.meta.dirname, 'golden');

interface GoldenClip {
  readonly file: string;
  readonly sampleRateHz: number;
  /** Exact length after decoding. */
  readonly frames: number;
  /** Largest difference of a sample that still counts as equal. */
  readonly tolerance: number;
  /** Base64 of little-endian float32: every n-th expected sample. */
  readonly expected: string;
}

/** A clip that a decoder gets wrong, and how. */
export interface GoldenFailure {
  readonly file: string;
  readonly reason: string;
}

function differenceFrom(clip: GoldenClip, samples: Float32Array): number {
  const bytes = new Uint8Array(Buffer.from(clip.expected, 'base64'));
  const expected = new Float32Array(bytes.buffer);
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (samples[i * EVERY_NTH] ?? 0))), 0);
}

async function failureOf(clip: GoldenClip, decoder: Decoder): Promise<GoldenFailure | undefined> {
  const { file, sampleRateHz, frames, tolerance } = clip;
  try {
    const { samples } = await decodeFile(join(FOLDER, file), { sampleRateHz, maxSeconds: 10, decoder });
    if (samples.length !== frames) return { file, reason: `${samples.length} samples instead of ${frames}` };
    const difference = differenceFrom(clip, samples);
    return difference <= tolerance
      ? undefined
      : { file, reason: `samples are off by up to ${difference.toPrecision(2)}` };
  } catch (error) {
    return { file, reason: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Decodes the golden clips and compares the samples with the reference decoder's (FFmpeg 9.0.2).
 * Versions of ffmpeg differ: Debian 12's 5.1 gets common mp3 files wrong by more than full scale.
 */
export async function checkGoldenSet(decoder: Decoder): Promise<GoldenFailure[]> {
  const clips: readonly GoldenClip[] = JSON.parse(readFileSync(join(FOLDER, 'golden-set.json'), 'utf8'));
  const failures: GoldenFailure[] = [];
  for (const clip of clips) {
    const failure = await failureOf(clip, decoder);
    if (failure !== undefined) failures.push(failure);
  }
  return failures;
}
