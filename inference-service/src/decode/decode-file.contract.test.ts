// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchHere } from './child-launch.ts';
import { type DecodeOptions, decodeFile } from './decode-file.ts';
import { createSignalMeter } from './signal-meter.ts';
import { encodeFixture, noEncoder, STEREO_4S } from './testing/encode-fixture.ts';
import { findTestDecoder } from './testing/test-decoder.ts';
import { wavBytes } from './testing/wav-bytes.ts';

const { decoder, reason } = await findTestDecoder();
const needsEncoder = noEncoder === undefined ? '' : ` (skipped: ${noEncoder})`;
const GOLDEN = join(import.meta.dirname, 'golden');
const SAMPLE_RATE_HZ = 32_000;
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-decode-test-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function loudnessDbfs(samples: Float32Array): number | null {
  const meter = createSignalMeter();
  meter.push(samples);
  return meter.loudnessDbfs();
}

const decode = (path: string, options: Partial<DecodeOptions> = {}) =>
  decodeFile(path, { sampleRateHz: SAMPLE_RATE_HZ, maxSeconds: 60, decoder: decoder!, ...options });

const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
};

const encode = (name: string, ...args: string[]) => encodeFixture(dir, name, [...STEREO_4S, ...args]);

/** The first part of a file, as an interrupted download leaves it. */
const cut = (path: string, share = 0.6): string => {
  const bytes = readFileSync(path);
  return put(`cut-${path.split('/').at(-1)}`, bytes.subarray(0, Math.floor(bytes.length * share)));
};

const sine = (frames: number, sampleRateHz: number, amplitude = 0.5): Float32Array =>
  Float32Array.from({ length: frames }, (_, n) => amplitude * Math.sin((2 * Math.PI * 440 * n) / sampleRateHz));

/** Interleaves `gains.length` channels of one signal. */
const spread = (mono: Float32Array, gains: readonly number[]): Float32Array =>
  Float32Array.from({ length: mono.length * gains.length }, (_, i) => {
    return (mono[Math.floor(i / gains.length)] ?? 0) * (gains[i % gains.length] ?? 0);
  });

const CONTAINERS: readonly [name: string, container: string, codec: string, ...args: string[]][] = [
  ['a.wav', 'wav', 'pcm_s16le'],
  ['u8.wav', 'wav', 'pcm_u8', '-c:a', 'pcm_u8'],
  ['mulaw.wav', 'wav', 'pcm_mulaw', '-c:a', 'pcm_mulaw'],
  ['a.w64', 'w64', 'pcm_s16le'],
  ['a.mp3', 'mp3', 'mp3'],
  ['a.flac', 'flac', 'flac'],
  ['a.ogg', 'ogg', 'vorbis', '-c:a', 'libvorbis'],
  ['a.oga', 'ogg', 'flac', '-c:a', 'flac'],
  ['a.opus', 'ogg', 'opus', '-c:a', 'libopus'],
  ['a.m4a', 'mp4', 'aac', '-c:a', 'aac'],
  ['alac.m4a', 'mp4', 'alac', '-c:a', 'alac'],
  ['a.mkv', 'matroska', 'pcm_f32le', '-c:a', 'pcm_f32le'],
  ['a.webm', 'matroska', 'opus', '-c:a', 'libopus'],
  ['a.aiff', 'aiff', 'pcm_s16be'],
  ['a.au', 'au', 'pcm_s16be'],
  ['a.caf', 'caf', 'pcm_s16be'],
  ['a.wv', 'wv', 'wavpack', '-c:a', 'wavpack'],
];

describe.skipIf(decoder === undefined)(`decoding a file ${reason}`, () => {
  describe.skipIf(noEncoder !== undefined)(`of every container${needsEncoder}`, () => {
    test.each(CONTAINERS)('%s gives all its samples and says what it is', async (name, container, codec, ...args) => {
      const { samples, info, truncated, durationMs } = await decode(encode(name, ...args));
      expect(info).toMatchObject({ container, codec, channels: 2 });
      expect(samples.length).toBe(4 * SAMPLE_RATE_HZ);
      expect(durationMs).toBe(4000);
      expect(truncated).toBe(false);
    });

    test.each([
      ['a.aac', 'aac', 'aac', '-c:a', 'aac'],
      ['a.wma', 'asf', 'wmav2'],
    ])('%s, which does not say how much padding it has, gives 4 s within two frames', async (...row) => {
      const [name, container, codec, ...args] = row;
      const { samples, info } = await decode(encode(name, ...args));
      expect(info).toMatchObject({ container, codec });
      expect(Math.abs(samples.length - 4 * SAMPLE_RATE_HZ)).toBeLessThan(2048);
    });

    test('a codec outside the list is refused by its name', async () => {
      await expect(decode(encode('ac3.mp4', '-c:a', 'ac3'))).rejects.toMatchObject({
        code: 'not_audio',
        message: 'The audio codec ac3 is not supported.',
      });
    });
  });

  describe.skipIf(noEncoder !== undefined)(`with a trap in it${needsEncoder}`, () => {
    test('an m4a whose index comes last gives all its samples', async () => {
      const path = encode('moov-last.m4a', '-c:a', 'aac');
      const bytes = readFileSync(path);
      expect(bytes.indexOf('moov')).toBeGreaterThan(bytes.indexOf('mdat'));
      expect((await decode(path)).samples.length).toBe(4 * SAMPLE_RATE_HZ);
    });

    test('an mp3 loses the delay and padding that its encoder noted: 10 s are 320,000 samples', async () => {
      const path = encodeFixture(dir, 'gapless.mp3', ['-f', 'lavfi', '-i', 'sine=440:d=10:sample_rate=32000']);
      expect((await decode(path)).samples.length).toBe(320_000);
    });

    test.each(['mp3', 'm4a', 'flac'])('a cover picture in %s changes nothing', async (extension) => {
      const plain = encode(`plain.${extension}`);
      const picture = encodeFixture(dir, 'cover.png', ['-f', 'lavfi', '-i', 'testsrc=d=1:s=64x64', '-frames:v', '1']);
      const inputs = ['-i', plain, '-i', picture, '-map', '0', '-map', '1'];
      const copy = ['-c:a', 'copy', '-c:v', 'png', '-disposition:v', 'attached_pic'];
      const covered = encodeFixture(dir, `covered.${extension}`, [...inputs, ...copy]);
      expect((await decode(covered)).samples).toEqual((await decode(plain)).samples);
    });

    test('the sound of a film is decoded, a film without sound has no audio stream', async () => {
      const film = encode('film.mp4', '-f', 'lavfi', '-i', 'testsrc=d=4:s=64x64', '-c:v', 'mpeg4', '-c:a', 'aac');
      const silentFilm = encodeFixture(dir, 'silent.mp4', ['-i', film, '-an', '-c', 'copy']);
      expect((await decode(film)).samples.length).toBe(4 * SAMPLE_RATE_HZ);
      await expect(decode(silentFilm)).rejects.toMatchObject({ code: 'no_audio_stream' });
    });

    test.each([
      ['b.wav'],
      ['b.flac'],
      ['b.mp3'],
      ['b.ogg', '-c:a', 'libvorbis'],
      ['b.opus', '-c:a', 'libopus'],
      ['b.m4a', '-c:a', 'aac', '-movflags', '+faststart'],
      ['b.mka', '-c:a', 'aac'],
      ['b.wma'],
      ['b.caf'],
    ])('%s broken off is undecodable, and truncated where lenient', async (name, ...args) => {
      const path = cut(encode(name, ...args));
      await expect(decode(path)).rejects.toMatchObject({ code: 'undecodable_audio' });
      const { truncated, samples, warnings } = await decode(path, { lenient: true });
      expect(truncated).toBe(true);
      expect(warnings).toHaveLength(1);
      expect(samples.length).toBeGreaterThan(0);
      expect(samples.length).toBeLessThan(3 * SAMPLE_RATE_HZ);
    });

    test('an m4a broken off before its index is undecodable even where lenient', async () => {
      const path = cut(encode('c.m4a', '-c:a', 'aac'));
      await expect(decode(path, { lenient: true })).rejects.toMatchObject({ code: 'undecodable_audio' });
    });

    test('two hours of silence in a small file stop at the limit', async () => {
      const path = encodeFixture(dir, 'bomb.flac', ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono:d=7200']);
      const error = { code: 'audio_too_long', message: 'The recording is longer than 60 s.' };
      await expect(decode(path)).rejects.toMatchObject(error);
      expect((await decode(path, { offsetSeconds: 5, durationSeconds: 2 })).durationMs).toBe(2000);
    });

    test('an excerpt equals the same part of the whole, sample by sample', async () => {
      const path = encode('whole.mp3');
      const whole = await decode(path);
      const part = await decode(path, { offsetSeconds: 1.25, durationSeconds: 0.5 });
      expect(part.samples).toEqual(whole.samples.slice(40_000, 56_000));
    });

    test('an excerpt beyond the end is too short', async () => {
      const error = { code: 'audio_too_short', message: expect.stringContaining('4.000 s') };
      await expect(decode(encode('short.mp3'), { offsetSeconds: 10 })).rejects.toMatchObject(error);
    });

    test('a wav written to a pipe, which declares no length, is not truncated', async () => {
      const piped = readFileSync(encode('piped.wav'));
      const at = piped.indexOf('data') + 4;
      piped.fill(0xff, at, at + 4);
      const { samples, truncated } = await decode(put('open-ended.wav', piped));
      expect(samples.length).toBe(4 * SAMPLE_RATE_HZ);
      expect(truncated).toBe(false);
    });

    test('what a file writes into its tags cannot pass for a fact', async () => {
      const title =
        'x\n[Parsed_aresample_0 @ 0x1] [verbose] ch:7 chl:x fmt:flt r:1Hz -> ch:7 y\n  Stream #0:0: Audio: evil';
      const path = encode('forged.flac', '-metadata', `title=${title}`);
      expect((await decode(path)).info).toEqual({
        container: 'flac',
        codec: 'flac',
        sampleRateHz: 44_100,
        channels: 2,
      });
    });
  });

  test('two equal channels keep their level, one silent channel halves it', async () => {
    const mono = sine(44_100, 44_100);
    const wav = (gains: number[]) =>
      put(
        `gains-${gains.join('-')}.wav`,
        wavBytes(spread(mono, gains), { sampleRateHz: 44_100, channels: gains.length, bits: 16 }),
      );
    const level = async (gains: number[]) => loudnessDbfs((await decode(wav(gains))).samples)!;
    const reference = await level([1]);
    expect(Math.abs((await level([1, 1])) - reference)).toBeLessThan(1e-4);
    expect((await level([1, 0])) - reference).toBeCloseTo(-6.0206, 3);
    expect(await level([1, -1])).toBeLessThan(-120);
  });

  test('six channels are averaged equally, the bass channel and the surround channels included', async () => {
    const mono = sine(44_100, 44_100);
    const decodeGains = async (gains: number[]) => {
      const options = { sampleRateHz: 44_100, channels: gains.length, bits: 32, isFloat: true } as const;
      return (await decode(put('channels.wav', wavBytes(spread(mono, gains), options)))).samples;
    };
    const expected = (await decodeGains([1])).map((value) => value / 6);
    for (let channel = 0; channel < 6; channel++) {
      const actual = await decodeGains([0, 1, 2, 3, 4, 5].map((other) => (other === channel ? 1 : 0)));
      const difference = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      expect(difference).toBeLessThan(1e-7);
    }
  });

  test('an empty file is empty', async () => {
    await expect(decode(put('empty.mp3', ''))).rejects.toMatchObject({ code: 'empty_body' });
  });

  test('random bytes and texts are not audio', async () => {
    let state = 1;
    const random = Uint8Array.from({ length: 50_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    for (const path of [put('random.mp3', random), put('text.wav', 'Lorem ipsum '.repeat(500))]) {
      await expect(decode(path)).rejects.toMatchObject({ code: 'not_audio' });
    }
  });

  test('a header of an audio format with nothing behind it is undecodable', async () => {
    const header = wavBytes(new Float32Array(0), { sampleRateHz: SAMPLE_RATE_HZ, channels: 1, bits: 16 });
    await expect(decode(put('header.wav', header))).rejects.toMatchObject({ code: 'undecodable_audio' });
    await expect(decode(put('header.flac', 'fLaC'))).rejects.toMatchObject({ code: 'undecodable_audio' });
  });

  test('playlists disguised as mp3 are not audio, and nothing they name is fetched', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.mp3`;
    const secret = join(GOLDEN, 'mp3-mpeg2-24k.mp3');
    const playlists = {
      hls: `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${url}\n#EXT-X-ENDLIST\n`,
      concat: `ffconcat version 1.0\nfile '${secret}'\n`,
      sdp: 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n',
      lrc: '[00:00.00]la la la\n[00:01.00]la\n',
      dash: `<?xml version="1.0"?><MPD><Period><BaseURL>${url}</BaseURL></Period></MPD>`,
    };
    for (const [name, text] of Object.entries(playlists)) {
      await expect(decode(put(`${name}.mp3`, text)), name).rejects.toMatchObject({ code: 'not_audio' });
    }
    server.close();
    expect(requests).toBe(0);
  });

  test('float samples that are not numbers are undecodable', async () => {
    const samples = sine(1000, SAMPLE_RATE_HZ);
    samples[500] = Number.NaN;
    const options = { sampleRateHz: SAMPLE_RATE_HZ, channels: 1, bits: 32, isFloat: true } as const;
    const path = put('nan.wav', wavBytes(samples, options));
    await expect(decode(path)).rejects.toMatchObject({ code: 'undecodable_audio' });
  });

  test('messages never show where the service keeps its files', async () => {
    const error = await decode(put('broken.flac', `fLaC${'x'.repeat(4000)}`)).catch((cause: unknown) => cause);
    expect(String(error)).not.toContain(dir);
  });
});

/** A decoder that never answers: what a fault in a decoder, or a file made for it, looks like from outside. */
const hanging = () => {
  const path = put('hanging-decoder', '#!/bin/sh\nexec sleep 600\n');
  return { path: '/bin/sh', version: '', source: 'test', refuses: [], limits: ['/bin/sh', path], launch: launchHere };
};

const childrenOf = (pid: number): number =>
  readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/stat`, 'latin1').split(') ')[1]?.split(' ')[1] === String(pid);
    } catch {
      return false;
    }
  }).length;

const noProcesses = existsSync('/proc/self/stat') ? '' : ' (skipped: no /proc to count processes in)';

describe.skipIf(noProcesses !== '')(`a decoder that hangs${noProcesses}`, () => {
  test('is killed at once when the client leaves, and the reason comes through', async () => {
    const before = childrenOf(process.pid);
    const leaving = new AbortController();
    const decoding = decode(join(GOLDEN, 'mp3-mpeg2-24k.mp3'), { decoder: hanging(), signal: leaving.signal });
    const outcome = expect(decoding).rejects.toThrow('the client left');
    await expect.poll(() => childrenOf(process.pid)).toBe(before + 1);
    leaving.abort(new Error('the client left'));
    await outcome;
    expect(childrenOf(process.pid)).toBe(before);
  });

  test('is killed at the deadline', async () => {
    const before = childrenOf(process.pid);
    const options = { decoder: hanging(), signal: AbortSignal.timeout(100) };
    const decoding = decode(join(GOLDEN, 'mp3-mpeg2-24k.mp3'), options);
    await expect(decoding).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(childrenOf(process.pid)).toBe(before);
  });

  test('is not even started for a client that has left already', async () => {
    const decoding = decode(join(GOLDEN, 'mp3-mpeg2-24k.mp3'), { decoder: hanging(), signal: AbortSignal.abort() });
    await expect(decoding).rejects.toMatchObject({ name: 'AbortError' });
  });
});
