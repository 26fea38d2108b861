// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFile } from './decode-file.ts';
import { findDecoder } from './find-decoder.ts';
import { findTestDecoder } from './testing/test-decoder.ts';

const run = promisify(execFile);
const CLI = join(import.meta.dirname, 'check-decoder.ts');
const { decoder, reason } = await findTestDecoder();
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-find-test-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** The real decoder behind a script that changes its command line for the files that match. */
const faulty = (name: string, pattern: string, extra: string): string => {
  const path = join(dir, name);
  const script = `#!/bin/sh\ncase "$*" in ${pattern}) exec ${decoder?.path} ${extra} "$@";; esac\nexec ${decoder?.path} "$@"\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
};

describe.skipIf(decoder === undefined)(`finding a decoder ${reason}`, () => {
  test('one that keeps the padding of AAC serves everything else, and says what it refuses', async () => {
    const path = faulty('keeps-padding', '*m4a-padded*', '-flags2 +skip_manual');
    const found = await findDecoder({ FFMPEG_PATH: path });
    expect(found).toMatchObject({ path, source: 'FFMPEG_PATH', refuses: ['aac'] });
    const decode = (file: string) =>
      decodeFile(join(import.meta.dirname, 'golden', file), { sampleRateHz: 16_000, maxSeconds: 10, decoder: found });
    await expect(decode('m4a-padded.m4a')).rejects.toMatchObject({ code: 'not_audio', message: /wrongly/ });
    expect((await decode('mp3-mpeg2-24k.mp3')).samples.length).toBe(4_800);
  });

  test('one that resamples or counts otherwise is refused, with the clip and the difference', async () => {
    const path = faulty('wrong-opus', '*opus.opus*', '-flags2 +skip_manual');
    await expect(findDecoder({ FFMPEG_PATH: path })).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringMatching(/opus\.opus: \d+ samples instead of 4800[\s\S]*build:ffmpeg/),
    });
  });

  test('the command line check exits 0 for a sound decoder and 1 with reasons for another program', async () => {
    const { stdout } = await run(process.execPath, [CLI, decoder!.path]);
    expect(stdout).toContain('decodes the golden set');
    await expect(run(process.execPath, [CLI, process.execPath])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(process.execPath),
    });
  });
});

test('without any ffmpeg the message says how to get one', async () => {
  await expect(findDecoder({ EARSHOT_CACHE_DIR: dir, PATH: dir })).rejects.toMatchObject({
    code: 'not_ready',
    message: expect.stringMatching(/No (usable )?ffmpeg was found[\s\S]*npm run build:ffmpeg/),
  });
});

const debian = await run('/usr/bin/ffmpeg', ['-version']).then(
  ({ stdout }) => stdout,
  () => '',
);

const notDebian = /version 5\.1\./.test(debian) ? '' : ' (skipped: /usr/bin/ffmpeg is not version 5.1)';

test.skipIf(notDebian !== '')(
  `Debian 12's ffmpeg is refused, because it gets 24 kHz mp3 wrong${notDebian}`,
  async () => {
    await expect(findDecoder({ FFMPEG_PATH: '/usr/bin/ffmpeg' })).rejects.toMatchObject({
      code: 'not_ready',
      message: expect.stringMatching(/mp3-mpeg2-24k\.mp3: samples are off by up to 1/),
    });
  },
);
