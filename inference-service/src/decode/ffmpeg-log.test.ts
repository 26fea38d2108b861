// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createFfmpegLog } from './ffmpeg-log.ts';

const LOG = `[verbose] Routing option codec_whitelist to both codec and muxer layer
[info] Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/spool/1':
[info]   Metadata:
[info]     title           : a
                    : b
[info]   Duration: 00:01:02.50, start: 0.000000, bitrate: 270 kb/s
[info]   Stream #0:0[0x1](und): Video: mpeg4, none, 64x64 (default)
[info]   Stream #0:1[0x2](und): Audio: aac (LC) (mp4a / 0x6134706D), 22050 Hz, stereo, fltp, 172 kb/s (default)
[info] Stream mapping:
[info]   Stream #0:1 -> #0:0 (aac (native) -> pcm_f32le (native))
[Parsed_aresample_0 @ 0x7f] [verbose] ch:6 chl:5.1 fmt:fltp r:44100Hz -> ch:6 chl:5.1 fmt:flt r:32000Hz
[info] Output #0, f32le, to 'pipe:1':
[info]   Stream #0:0: Audio: pcm_f32le, 32000 Hz, 5.1, flt, 6144 kb/s (default)
[aist#0:0/aac @ 0x1] [dec:aac @ 0x2] [error] Decoding error: Invalid data found when processing input
`;

function read(text: string, pieceBytes: number) {
  const channels: number[] = [];
  const log = createFfmpegLog((count) => channels.push(count));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) log.push(bytes.subarray(at, at + pieceBytes));
  log.end();
  return { facts: log.facts, channels };
}

test.each([1, 7, 100_000])('facts are read from the log whatever pieces it comes in: %i bytes', (pieceBytes) => {
  const { facts, channels } = read(LOG, pieceBytes);
  expect(facts).toEqual({
    demuxer: 'mov,mp4,m4a,3gp,3g2,mj2',
    codec: 'aac',
    sampleRateHz: 44_100,
    channels: 6,
    hasChannelChange: false,
    declaredSeconds: 62.5,
    isDurationEstimated: false,
    streams: 2,
    errors: ['Decoding error: Invalid data found when processing input'],
    hasDecodeErrors: true,
  });
  expect(channels).toEqual([6]);
});

test('a second resampler with other channels is a change in the middle of the file', () => {
  const line =
    '[Parsed_aresample_0 @ 0x1] [verbose] ch:1 chl:mono fmt:flt r:8000Hz -> ch:1 chl:mono fmt:flt r:32000Hz\n';
  expect(read(LOG + line, 1000).facts).toMatchObject({ channels: 6, hasChannelChange: true });
});

test('lines without end and errors without number keep little', () => {
  const { facts } = read(`[error] ${'x'.repeat(1_000_000)}\n${'[error] y\n'.repeat(1000)}`, 65_536);
  expect(facts.errors.length).toBe(20);
  expect(facts.errors[0]?.length).toBeLessThan(5000);
});

const twoInputs = (second: string): string => `[info] Input #0, mp3, from 'file:/spool/1':
[info] Input #1, mp3, from 'file:/spool/2':
[info]     title           : ach:7 chl:7.0 fmt:fltp r:8000Hz -> ch:7 chl:7.0 fmt:flt r:32000Hz
[info] Stream mapping:
[aresample@i0 @ 0x7f] [verbose] ch:1 chl:mono fmt:fltp r:44100Hz -> ch:1 chl:mono fmt:flt r:32000Hz
[info]     encoder         : Lavf63${second}
`;

test('a line that lost its beginning to another thread is about the input of which nothing else was said', () => {
  const stray = 'ch:2 chl:stereo fmt:fltp r:22050Hz -> ch:2 chl:stereo fmt:flt r:32000Hz';
  const channelsOf = (second: string): unknown[] => {
    const log = createFfmpegLog(() => undefined);
    log.push(Buffer.from(twoInputs(second)));
    log.end();
    return log.inputs.map(({ channels }) => channels);
  };
  expect(channelsOf(stray)).toEqual([1, 2]);
  expect(channelsOf('')).toEqual([1, undefined]);
  expect(channelsOf(`${stray}\n[info] x${stray}`)).toEqual([1, undefined]);
});
