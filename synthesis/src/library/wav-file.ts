// SPDX-License-Identifier: Apache-2.0
import type { DemoTags, RenderedClip } from './demo-clip.ts';

/** Fields, Latin-1 as readers expect, of a RIFF INFO list (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991). */
const infoFields = (tags: DemoTags): readonly (readonly [string, string])[] => [
  ['INAM', tags.title],
  ['IART', tags.artist],
  ['IPRD', tags.album],
  ['IGNR', tags.genre],
  ['ICMT', tags.comment],
  ['IKEY', tags.keywords],
];

/** A chunk: four letters, length, data, and a zero byte where the length is odd. */
const chunk = (id: string, data: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header.write(id, 0, 'latin1');
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
};

const infoList = (tags: DemoTags): Buffer => {
  const fields = infoFields(tags).map(([id, text]) => chunk(id, Buffer.from(`${text}\0`, 'latin1')));
  return chunk('LIST', Buffer.concat([Buffer.from('INFO', 'latin1'), ...fields]));
};

/** 16-bit PCM, rounded to nearest without dither: the same bytes every time. */
const pcm16 = (channels: readonly Float32Array[]): Buffer => {
  const length = channels[0]?.length ?? 0;
  const data = Buffer.alloc(length * channels.length * 2);
  let at = 0;
  for (let i = 0; i < length; i++) {
    for (const channel of channels) {
      const value = Math.max(-1, Math.min(1, channel[i] ?? 0));
      data.writeInt16LE(Math.round(value * 32767), at);
      at += 2;
    }
  }
  return data;
};

/** A WAV file with its tags in front of the samples. */
export const wavFile = ({ channels, sampleRateHz }: RenderedClip, tags: DemoTags): Buffer => {
  const format = Buffer.alloc(16);
  const frameBytes = channels.length * 2;
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(sampleRateHz * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(16, 14);
  const body = Buffer.concat([chunk('fmt ', format), infoList(tags), chunk('data', pcm16(channels))]);
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE', 'latin1'), body]));
};
