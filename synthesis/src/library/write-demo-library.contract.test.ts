// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFile } from 'music-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoLibrary } from './demo-library.ts';
import { writeDemoLibrary } from './write-demo-library.ts';

const everyTenth = demoLibrary().filter((_, index) => index % 10 === 0);
const clips = ['wav', 'mp3', 'flac', 'ogg', 'm4a'].flatMap((wanted) =>
  everyTenth.filter(({ format }) => format === wanted).slice(0, 3),
);
const ENCODER = process.env.EARSHOT_FFMPEG_ENCODER ?? '/usr/bin/ffmpeg';

const missingEncoder = (): string | null => {
  if (!existsSync(ENCODER)) return `no ffmpeg with encoders at ${ENCODER}`;
  const known = execFileSync(ENCODER, ['-hide_banner', '-encoders'], { encoding: 'utf8' });
  const missing = ['libmp3lame', 'libvorbis', ' aac ', ' flac '].filter((name) => !known.includes(name));
  return missing.length === 0 ? null : `${ENCODER} lacks ${missing.join(', ')}`;
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'earshot-library-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const audioFiles = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map((entry) => entry.name);
};

describe('writeDemoLibrary without an encoder', () => {
  let directory: string;
  beforeAll(async () => {
    directory = join(root, 'wav');
    await writeDemoLibrary(directory, { clips });
  });

  it('writes every clip as a wav and leaves no temporary file', async () => {
    const files = await audioFiles(directory);
    expect(files).toHaveLength(clips.length);
    expect(files.every((name) => name.endsWith('.wav'))).toBe(true);
    const everything = await readdir(directory, { recursive: true });
    expect(everything.filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('writes tags and audio properties that music-metadata reads back', async () => {
    for (const clip of clips) {
      const { common, format } = await parseFile(join(directory, clip.fileName.replace(/\.\w+$/, '.wav')));
      expect(common.title).toBe(clip.title);
      expect(common.artist).toBe('Earshot synthesiser');
      expect(common.genre).toEqual([clip.genre]);
      expect(common.comment?.[0]?.text).toBe(clip.tags.comment);
      expect(format.sampleRate).toBe(clip.sampleRateHz);
      expect(format.numberOfChannels).toBe(clip.channels);
      expect(format.duration).toBeCloseTo(clip.seconds, 3);
    }
  });

  it('touches nothing the second time', async () => {
    const file = join(directory, clips[0]!.fileName.replace(/\.\w+$/, '.wav'));
    const before = await stat(file);
    const second = await writeDemoLibrary(directory, { clips });
    expect(second.reused).toBe(true);
    expect(second.files).toHaveLength(clips.length);
    expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);
  });

  it('mends a shortened file with the same bytes', async () => {
    const file = join(directory, clips[5]!.fileName.replace(/\.\w+$/, '.wav'));
    const digest = async (): Promise<string> =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    const before = await digest();
    await truncate(file, 100);
    expect((await writeDemoLibrary(directory, { clips })).reused).toBe(false);
    expect(await digest()).toBe(before);
  });
});

it('stops when told to, with the reason it was given', async () => {
  const directory = join(root, 'stopped');
  const stop = new AbortController();
  const reason = new Error('that is enough');
  const stopped = writeDemoLibrary(directory, {
    signal: stop.signal,
    onProgress: (done) => {
      if (done === 5) stop.abort(reason);
    },
  });
  await expect(stopped).rejects.toBe(reason);
  expect((await audioFiles(directory)).length).toBeLessThan(12);
});

it('says which encoder failed and what it said', async () => {
  const directory = join(root, 'broken');
  await mkdir(directory);
  const encoder = join(directory, 'encoder.sh');
  await writeFile(encoder, '#!/bin/sh\necho "no such codec" >&2\nexit 4\n', { mode: 0o755 });
  await expect(writeDemoLibrary(directory, { encoder })).rejects.toThrow(
    /encoder\.sh could not encode .*no such codec/,
  );
});

describe('writeDemoLibrary with an encoder', () => {
  const reason = missingEncoder();
  it.skipIf(reason !== null)(
    `encodes its share with tags, and clears what was a wav before${reason ? ` (${reason})` : ''}`,
    async () => {
      const directory = join(root, 'wav');
      await writeDemoLibrary(directory, { clips });
      await writeDemoLibrary(directory, { clips, encoder: ENCODER });
      expect((await audioFiles(directory)).length).toBe(clips.length);
      for (const wanted of ['mp3', 'flac', 'ogg', 'm4a']) {
        const clip = clips.find(({ format }) => format === wanted)!;
        const { common, format } = await parseFile(join(directory, clip.fileName));
        expect(common.title, wanted).toBe(clip.title);
        expect(common.genre, wanted).toEqual([clip.genre]);
        expect(common.artist, wanted).toBe('Earshot synthesiser');
        expect(format.sampleRate, wanted).toBe(clip.sampleRateHz);
      }
    },
  );
});

it('runs as a command, which asks for a folder where none is named', () => {
  const command = join(import.meta.dirname, 'main.ts');
  const { status, stderr } = spawnSync(process.execPath, [command], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr).toContain('Usage:');
});
