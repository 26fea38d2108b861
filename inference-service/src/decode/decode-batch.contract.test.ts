// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBulkBatcher } from './bulk-batcher.ts';
import { type BatchMember, decodeBatch } from './decode-batch.ts';
import { decodeFile } from './decode-file.ts';
import { createDecodePool } from './decode-pool.ts';
import { createSampleCollector } from './sample-sink.ts';
import { encodeFixture, noEncoder } from './testing/encode-fixture.ts';
import { findTestDecoder } from './testing/test-decoder.ts';
import { wavBytes } from './testing/wav-bytes.ts';

const { decoder, reason } = await findTestDecoder();
const needs = [decoder === undefined ? reason : '', noEncoder ?? ''].filter((why) => why !== '').join('; ');
const sampleRateHz = 32_000;
const signal = new AbortController().signal;
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-batch-test-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const batch = (paths: readonly string[]) =>
  decodeBatch(paths, { decoder: decoder!, sampleRateHz, outputDir: dir, signal });
const alone = (path: string) => decodeFile(path, { decoder: decoder!, sampleRateHz, maxSeconds: 60 });

async function samplesOf(member: BatchMember): Promise<Float32Array | undefined> {
  const collector = createSampleCollector();
  const frames = await member.read(collector.sink);
  await member.discard();
  return frames === undefined ? undefined : collector.samples();
}

const CODECS = [
  ['mp3', []],
  ['ogg', ['-c:a', 'libvorbis']],
  ['opus', ['-c:a', 'libopus']],
  ['flac', []],
  ['m4a', ['-c:a', 'aac']],
  ['mka', ['-c:a', 'flac']],
  ['wv', []],
  ['aiff', []],
  ['wav', ['-c:a', 'pcm_s24le']],
  ['caf', []],
  ['au', []],
  ['wma', ['-c:a', 'wmav2']],
] as const;
const RATES = { opus: [48_000, 24_000] } as Readonly<Record<string, readonly number[]>>;
const KINDS = CODECS.flatMap(([extension, args]) =>
  (RATES[extension] ?? [44_100, 22_050]).flatMap((rate) =>
    [1, 2].map((channels) => ({ extension, args, rate, channels })),
  ),
);

describe.skipIf(needs !== '')(`several files in one process ${needs && `(skipped: ${needs})`}`, () => {
  test('every codec gives the same samples as alone, to the bit', async () => {
    const files = KINDS.map(({ extension, args, rate, channels }, index) => {
      const source = `aevalsrc=0.4*sin(2*PI*(200*t+${index * 10}*t*t))|0.2*sin(2*PI*500*t):d=1.3:s=${rate}`;
      return encodeFixture(dir, `${index}.${extension}`, [
        '-f',
        'lavfi',
        '-i',
        source,
        '-ac',
        String(channels),
        ...args,
      ]);
    });
    for (let at = 0; at < files.length; at += 16) {
      const part = files.slice(at, at + 16);
      const members = await batch(part);
      expect(members).toHaveLength(part.length);
      for (const [index, path] of part.entries()) {
        const single = await alone(path);
        const together = await samplesOf(members![index]!);
        expect([path, together && Buffer.from(together.buffer).equals(Buffer.from(single.samples.buffer))]).toEqual([
          path,
          true,
        ]);
        expect(members![index]!.info).toEqual(single.info);
      }
    }
  });

  test('one broken file fails the batch, and nothing of it stays', async () => {
    const good = encodeFixture(dir, 'good.mp3', ['-f', 'lavfi', '-i', 'sine=d=1']);
    const broken = join(dir, 'broken.mp3');
    writeFileSync(broken, Buffer.concat([Buffer.from('ID3'), Buffer.alloc(5000, 7)]));
    expect(await batch([good, broken])).toBeUndefined();
    expect(readdirSync(dir).filter((name) => name.endsWith('.f32'))).toEqual([]);
  });

  test('a recording longer than a minute, and one that ends early, are left to be decoded alone', async () => {
    const long = encodeFixture(dir, 'long.flac', ['-f', 'lavfi', '-i', 'sine=d=61:r=8000']);
    const members = await batch([long, encodeFixture(dir, 'short.mp3', ['-f', 'lavfi', '-i', 'sine=d=1'])]);
    expect(await samplesOf(members![0]!)).toBeUndefined();
    expect(await samplesOf(members![1]!)).toHaveLength(32_000);
  });

  test('files that wait go together; large, damaged and ready ones go alone; who leaves is forgotten', async () => {
    const pool = createDecodePool({ maxConcurrent: 1 });
    const batcher = createBulkBatcher({ decoder: decoder!, pool, outputDir: dir });
    const occupied = Promise.withResolvers<void>();
    const first = pool.run(() => occupied.promise, { priority: 'bulk' });
    const mp3 = encodeFixture(dir, 'together.mp3', ['-f', 'lavfi', '-i', 'sine=d=1']);
    const paths = Array.from({ length: 5 }, (_, index) => {
      mkdirSync(join(dir, `${index}`), { recursive: true });
      const path = join(dir, `${index}`, 'a.mp3');
      copyFileSync(mp3, path);
      return path;
    });
    const leaving = new AbortController();
    const decoded = paths.map((path, index) =>
      batcher.decode(path, { sampleRateHz, signal: index === 4 ? leaving.signal : signal }),
    );
    const ready = join(dir, 'ready.wav');
    writeFileSync(ready, wavBytes(new Float32Array(32_000).fill(0.1), { sampleRateHz, channels: 1, bits: 16 }));
    const words = join(dir, 'words.mp3');
    writeFileSync(words, 'these words are no audio at all');
    for (const path of [ready, words])
      expect((await batcher.decode(path, { sampleRateHz, signal })).member).toBeUndefined();
    leaving.abort(new Error('left'));
    await expect(decoded.pop()).rejects.toThrow('left');
    expect(pool.waiting).toBe(1);
    occupied.resolve();
    await first;
    const expected = (await alone(mp3)).samples;
    for (const { member } of await Promise.all(decoded)) expect(await samplesOf(member!)).toEqual(expected);
  });
});

const SHARED = join(process.env.EARSHOT_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data'), 'esc-10');
function clipsOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ogg'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
const clips = clipsOf(SHARED);
const noClips = decoder === undefined ? reason : clips.length === 0 ? 'skipped: no esc-10 beside the repository' : '';

test.skipIf(noClips !== '')(`real recordings give the same samples as alone, to the bit ${noClips}`, async () => {
  const part = clips.filter((_, index) => index % 5 === 0);
  for (let at = 0; at < part.length; at += 16) {
    const paths = part.slice(at, at + 16).map((clip, index) => {
      const path = join(dir, `clip-${at + index}.ogg`);
      writeFileSync(path, readFileSync(clip));
      return path;
    });
    const members = await batch(paths);
    for (const [index, path] of paths.entries())
      expect(await samplesOf(members![index]!)).toEqual((await alone(path)).samples);
  }
});
