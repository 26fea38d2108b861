// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { BucketContents, SimulatedObject } from '../../src/testing/simulated-bucket.ts';

const NOISE = randomBytes(1 << 20);

/** The head of a wav file (mono, 16 bit, 44.1 kHz) of so many bytes. */
function wavHead(size: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(size - 8, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(44_100, 24);
  head.writeUInt32LE(88_200, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(size - 44, 40);
  return head;
}

/** `count` wav files of noise, made while they are fetched; no two are equal. */
export function largeContents(count: number, size: number): BucketContents {
  const keyOf = (i: number): string => `large/${String(i).padStart(6, '0')}.wav`;
  const indexOf = (key: string): number => Number(/(\d{6})\.wav$/.exec(key)?.[1] ?? Number.NaN);
  const at = (i: number): SimulatedObject => ({ key: keyOf(i), size, etag: i.toString(16).padStart(32, '0') });
  return {
    count,
    at,
    find: (key) => (indexOf(key) < count ? at(indexOf(key)) : undefined),
    bodyOf: function* ({ key }) {
      yield wavHead(size);
      const mark = Buffer.from(key);
      yield mark;
      for (let left = size - 44 - mark.length; left > 0; left -= NOISE.length)
        yield NOISE.subarray(0, Math.min(left, NOISE.length));
    },
  };
}
