// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readTags } from './read-tags.ts';

function frame(id: string, text: string): Buffer {
  const body = Buffer.concat([Buffer.from([0]), Buffer.from(text, 'latin1')]);
  const head = Buffer.alloc(10);
  head.write(id);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** ID3v2.3 in front of one silent MPEG frame. */
function taggedMp3(...frames: readonly Buffer[]): Buffer {
  const body = Buffer.concat(frames);
  const head = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0, 0, body.length >> 7, body.length & 0x7f]);
  const mpeg = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x00]), Buffer.alloc(413)]);
  return Buffer.concat([head, body, mpeg, mpeg]);
}

test('title, artist, album, genre and year are read', async () => {
  const buffer = taggedMp3(
    frame('TIT2', 'A Tune'),
    frame('TPE1', 'Anna'),
    frame('TALB', 'First'),
    frame('TCON', 'Folk'),
    frame('TYER', '1999'),
  );
  expect(await readTags({ buffer }, 'audio/mpeg')).toEqual({
    title: 'A Tune',
    tags: { artist: 'Anna', album: 'First', genre: ['Folk'], year: 1999 },
  });
});

test('a file without tags, or that is no audio at all, has none', async () => {
  expect(await readTags({ buffer: Buffer.from('nothing of the kind') }, undefined)).toEqual({});
  expect(await readTags({ buffer: Buffer.alloc(0) }, undefined)).toEqual({});
  expect(await readTags({ path: '/no/such/file' }, undefined)).toEqual({});
});
