// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchHere } from './child-launch.ts';
import { decodeFile } from './decode-file.ts';
import { decodeWithFfmpeg } from './decode-with-ffmpeg.ts';
import { planSamples } from './sample-plan.ts';
import { createSampleCollector } from './sample-sink.ts';
import { findTestDecoder } from './testing/test-decoder.ts';
import { wavBytes } from './testing/wav-bytes.ts';

const { decoder, reason } = await findTestDecoder();
const sampleRateHz = 16_000;
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-wav-test-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const noise = (length: number): Float32Array => {
  let state = 3;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  });
};

const KINDS = [
  { bits: 16, isFloat: false },
  { bits: 24, isFloat: false },
  { bits: 32, isFloat: false },
  { bits: 32, isFloat: true },
] as const;
const CASES = KINDS.flatMap((kind) => [1, 2, 3, 6].map((channels) => ({ ...kind, channels })));

describe.skipIf(decoder === undefined)(`reading a wav without ffmpeg ${reason}`, () => {
  test.each(CASES)('equals ffmpeg to the bit: $bits bits, float $isFloat, $channels channels', async (kind) => {
    const path = join(dir, 'a.wav');
    writeFileSync(path, wavBytes(noise(5_000 * kind.channels), { sampleRateHz, ...kind }));
    const plan = planSamples({ sampleRateHz, maxSeconds: 10 });
    const signal = new AbortController().signal;
    const { sink, samples } = createSampleCollector();
    const options = { decoder: decoder!, plan, sampleRateHz, signal, isLenient: false, hasAudioMagic: true, sink };
    const byFfmpeg = await decodeWithFfmpeg(path, options);
    const direct = await decodeFile(path, { sampleRateHz, maxSeconds: 10, decoder: decoder! });
    expect(Buffer.from(direct.samples.buffer).equals(Buffer.from(samples().buffer))).toBe(true);
    expect(direct.info).toEqual(byFfmpeg.info);
  });
});

/** No decoder is started for these files: this one cannot be. */
const absent = {
  path: '/nonexistent/ffmpeg',
  version: '',
  source: 'test',
  refuses: [],
  limits: [],
  launch: launchHere,
};

describe('a wav at the rate wanted', () => {
  test('needs no decoder, and gives the part asked for', async () => {
    const path = join(dir, 'b.wav');
    const samples = noise(sampleRateHz * 2);
    writeFileSync(path, wavBytes(samples, { sampleRateHz, channels: 1, bits: 32, isFloat: true }));
    const part = { offsetSeconds: 0.5, durationSeconds: 0.25 };
    const decoded = await decodeFile(path, { sampleRateHz, maxSeconds: 10, decoder: absent, ...part });
    expect(decoded.samples).toEqual(samples.slice(8_000, 12_000));
    expect(decoded.info).toEqual({ container: 'wav', codec: 'pcm_f32le', sampleRateHz, channels: 1 });
  });

  test('is too long beyond the limit', async () => {
    const path = join(dir, 'c.wav');
    writeFileSync(path, wavBytes(noise(sampleRateHz + 1), { sampleRateHz, channels: 1, bits: 16 }));
    const decoding = decodeFile(path, { sampleRateHz, maxSeconds: 1, decoder: absent });
    await expect(decoding).rejects.toMatchObject({ code: 'audio_too_long' });
  });
});
