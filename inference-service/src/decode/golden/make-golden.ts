// SPDX-License-Identifier: Apache-2.0

/**
 * Makes the golden decode set: short clips of a generated signal, each encoded once, and the samples that the
 * reference decoder gives for them. Run by hand when a clip is added:
 *   node inference-service/src/decode/golden/make-golden.ts ENCODER REFERENCE [FAULTY]
 * ENCODER is a full ffmpeg (libmp3lame, libvorbis, libopus), REFERENCE the decoder whose samples count as true,
 * FAULTY one that gets 24 kHz MPEG-2 mp3 wrong: then it is checked that the clip shows the fault.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchHere } from '../child-launch.ts';
import { decodeFile } from '../decode-file.ts';
import type { Decoder } from '../decoder.ts';
import { EVERY_NTH } from '../golden-set.ts';

interface Clip {
  readonly name: string;
  readonly extension: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly encoding: readonly string[];
  /** Rate to decode at; differs from the clip's where the resampler is to be checked too. */
  readonly decodeRateHz: number;
  readonly tolerance: number;
}

const SECONDS = 0.3;

const CLIPS: readonly Clip[] = [
  // This signal at this bit rate makes FFmpeg 5.1 of Debian 12 go wrong by more than full scale.
  clip('mp3-mpeg2-24k', 'mp3', { sampleRateHz: 24_000, encoding: ['-c:a', 'libmp3lame', '-b:a', '64k'] }),
  // 0.3 s is no multiple of AAC's 1,024 samples: the encoder pads, the container says so.
  clip('m4a-padded', 'm4a', { sampleRateHz: 22_050, encoding: ['-c:a', 'aac', '-b:a', '48k'] }),
  clip('ogg-vorbis', 'ogg', { sampleRateHz: 22_050, encoding: ['-c:a', 'libvorbis', '-q:a', '2'] }),
  clip('opus', 'opus', { sampleRateHz: 48_000, encoding: ['-c:a', 'libopus', '-b:a', '32k'], decodeRateHz: 16_000 }),
  clip('flac-stereo', 'flac', { sampleRateHz: 8_000, channels: 2, encoding: ['-c:a', 'flac', '-sample_fmt', 's16'] }),
  clip('wav-resampled', 'wav', { sampleRateHz: 16_000, encoding: ['-c:a', 'pcm_s16le'], decodeRateHz: 11_025 }),
];

type ClipOptions = Pick<Clip, 'sampleRateHz' | 'encoding'> & Partial<Clip>;

function clip(name: string, extension: string, options: ClipOptions): Clip {
  // Vector units and builds without assembler round differently, by up to 6e-6; a wrong decoder is off by far more than
  // this, which is less than one step of 16 bits.
  return { name, extension, channels: 1, decodeRateHz: options.sampleRateHz, tolerance: 2e-5, ...options };
}

/** A fast chirp under a little noise; the second channel is softer and turned over. */
function signal(sampleRateHz: number, channels: number): Float32Array {
  let state = 2;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
  const frames = Math.round(SECONDS * sampleRateHz);
  const samples = new Float32Array(frames * channels);
  for (let frame = 0; frame < frames; frame++) {
    const t = frame / sampleRateHz;
    const value = 0.5 * Math.sin(2 * Math.PI * (200 * t + (6000 * t * t) / SECONDS)) + 0.05 * noise();
    for (let channel = 0; channel < channels; channel++)
      samples[frame * channels + channel] = value / (1 - 4 * channel);
  }
  return samples;
}

function encode(encoder: string, { sampleRateHz, channels, encoding, extension }: Clip, dir: string): string {
  const raw = join(dir, 'signal.f32');
  const path = join(dir, `clip.${extension}`);
  writeFileSync(raw, Buffer.from(signal(sampleRateHz, channels).buffer));
  const input = ['-f', 'f32le', '-ar', String(sampleRateHz), '-ac', String(channels), '-i', raw];
  const plain = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
  execFileSync(encoder, ['-v', 'error', '-y', ...input, ...plain, ...encoding, path]);
  return path;
}

const decoderAt = (path: string): Decoder => ({
  path,
  version: '',
  source: 'argument',
  refuses: [],
  limits: [],
  launch: launchHere,
});

async function decode(path: string, decodeRateHz: number, decoderPath: string): Promise<Float32Array> {
  const decoder = decoderAt(decoderPath);
  const { samples } = await decodeFile(path, { sampleRateHz: decodeRateHz, maxSeconds: 10, decoder });
  return samples;
}

const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0);

async function main(encoder: string, reference: string, faulty: string | undefined): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-golden-'));
  const entries = [];
  for (const wanted of CLIPS) {
    const path = encode(encoder, wanted, dir);
    const samples = await decode(path, wanted.decodeRateHz, reference);
    const kept = samples.filter((_, i) => i % EVERY_NTH === 0);
    const file = `${wanted.name}.${wanted.extension}`;
    writeFileSync(join(import.meta.dirname, file), readFileSync(path));
    const { decodeRateHz, tolerance } = wanted;
    const expected = Buffer.from(kept.buffer).toString('base64');
    entries.push({ file, sampleRateHz: decodeRateHz, frames: samples.length, tolerance, expected });
    if (faulty !== undefined) {
      const difference = largestDifference(samples, await decode(path, decodeRateHz, faulty));
      console.log(`${file}: ${samples.length} samples; the faulty decoder is off by ${difference}`);
      if (wanted.name.startsWith('mp3') && difference < 1e-3) throw new Error(`${file} does not show the fault.`);
    }
  }
  writeFileSync(join(import.meta.dirname, 'golden-set.json'), `${JSON.stringify(entries, null, 2)}\n`);
  rmSync(dir, { recursive: true });
}

const [encoder, reference, faulty] = process.argv.slice(2);
if (encoder === undefined || reference === undefined)
  throw new Error('Usage: make-golden.ts ENCODER REFERENCE [FAULTY]');
await main(encoder, reference, faulty);
