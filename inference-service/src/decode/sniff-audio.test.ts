// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { looksLikeAudio } from './sniff-audio.ts';

const FOLDER = join(import.meta.dirname, 'golden');
const clips = readdirSync(FOLDER).filter((name) => !/\.(ts|json)$/.test(name));

test.each(clips)('%s looks like audio', (name) => {
  expect(looksLikeAudio(readFileSync(join(FOLDER, name)).subarray(0, 16))).toBe(true);
});

test.each(['', 'a', '#EXTM3U\nhttp://x', '<?xml version="1"?>', '\x89PNG\r\n\x1a\n........', 'PK\x03\x04............'])(
  '%j does not',
  (text) => {
    expect(looksLikeAudio(Buffer.from(text, 'latin1'))).toBe(false);
  },
);
