// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The full ffmpeg on PATH that encodes fixtures; `noEncoder` of decode/testing says why not. */
const ENCODER = 'ffmpeg';

/** Rates that recordings are stored at, Hz. */
export const STORED_RATES = [8000, 16_000, 22_050, 32_000, 44_100, 48_000] as const;

/** How each codec is encoded: at a quality at which people keep recordings. */
const ENCODINGS: Readonly<Record<string, readonly string[]>> = {
  wav: ['-c:a', 'pcm_s16le'],
  flac: ['-c:a', 'flac'],
  mp3: ['-c:a', 'libmp3lame', '-q:a', '2'],
  ogg: ['-c:a', 'libvorbis', '-q:a', '6'],
  m4a: ['-c:a', 'aac', '-b:a', '128k'],
};
export const STORED_CODECS = Object.keys(ENCODINGS);

/** One way of storing the recording and how near its vector stays to that of the recording. */
export interface StoredCosine {
  readonly rateHz: number;
  readonly codec: string;
  readonly cosine: number;
}

interface Stage {
  /** Of the service. */
  readonly url: string;
  readonly space: string;
  /** A file. */
  readonly recording: string;
  /** Where encoded files go. */
  readonly dir: string;
}

async function embed({ url, space }: Stage, path: string): Promise<number[]> {
  const response = await fetch(`${url}/v1/audio/embeddings?model=${space}`, {
    method: 'POST',
    body: new Uint8Array(await readFile(path)),
  });
  const answer = (await response.json()) as { readonly embedding?: number[] };
  if (!response.ok || !answer.embedding) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer.embedding;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / Math.sqrt(aa * bb);
}

/** Makes a mono file of a recording. @returns its path */
async function encode({ recording, dir }: Stage, name: string, args: readonly string[]): Promise<string> {
  const path = join(dir, name);
  const input = ['-nostdin', '-v', 'error', '-y', '-i', recording, '-map', '0:a:0', '-ac', '1'];
  await promisify(execFile)(ENCODER, [...input, ...args, path]);
  return path;
}

/** The recording stored at every rate in each codec, each sent through the service. */
export async function measureStored(
  stage: Stage,
  codecs: readonly string[] = STORED_CODECS,
): Promise<readonly StoredCosine[]> {
  const original = await embed(stage, stage.recording);
  const stored: StoredCosine[] = [];
  for (const rateHz of STORED_RATES) {
    const measured = codecs.map(async (codec) => {
      const path = await encode(stage, `stored-${rateHz}.${codec}`, [
        '-ar',
        String(rateHz),
        ...(ENCODINGS[codec] ?? []),
      ]);
      return { rateHz, codec, cosine: cosine(original, await embed(stage, path)) };
    });
    stored.push(...(await Promise.all(measured)));
  }
  return stored;
}

/** The same recording at its old rate with nothing left above 4 kHz. @returns its path */
export const cutToNarrowBand = (stage: Stage): Promise<string> =>
  encode(stage, 'narrow.wav', ['-af', 'aresample=8000,aresample=48000', '-c:a', 'pcm_s16le']);

/**
 * The mistake of a public notebook: samples at 44.1 kHz that are passed on as if they were at 32 kHz, 1.378 times too slow
 * and 5.55 semitones too low.
 */
export async function measureMistaken(stage: Stage): Promise<number> {
  const args = ['-af', 'aresample=44100,asetrate=32000', '-c:a', 'pcm_s16le'];
  const path = await encode(stage, 'mistaken.wav', args);
  return cosine(await embed(stage, stage.recording), await embed(stage, path));
}
