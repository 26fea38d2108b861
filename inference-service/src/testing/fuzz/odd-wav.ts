// SPDX-License-Identifier: Apache-2.0
import type { Random } from './random.ts';

const EDGES_16 = [0, 1, 2, 3, 7, 8, 24, 32, 64, 255, 256, 32_768, 65_535];
const RATES = [0, 1, 7, 8000, 44_100, 384_000, 2 ** 31, 2 ** 32 - 1];
const FORMATS = [0, 1, 1, 1, 2, 3, 3, 3, 6, 7, 17, 85, 0xfffe, 0xffff];
const FLOATS = [0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 3e38, -3e38, 1e-40, 1e20];

function samplesOf(random: Random): Buffer {
  const count = random.pick([0, 1, 799, 800, 8000, 8000, 20_000, 20_000]);
  const data = Buffer.alloc(count * 4);
  const isOdd = random.chance(0.5);
  for (let at = 0; at < count; at++)
    data.writeFloatLE(isOdd && random.chance(0.01) ? random.pick(FLOATS) : Math.sin(at / 7), at * 4);
  return data;
}

/** A wav whose fields contradict each other, or whose samples are no sane numbers. */
export function oddWav(random: Random): Buffer {
  const data = samplesOf(random);
  const isSane = random.chance(0.4);
  const odd = (sane: number, edges: readonly number[]): number =>
    isSane || random.chance(0.75) ? sane : random.pick(edges);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(odd(36 + data.length, RATES), 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(odd(16, RATES), 16);
  head.writeUInt16LE(odd(3, FORMATS), 20);
  head.writeUInt16LE(odd(1, EDGES_16), 22);
  head.writeUInt32LE(odd(8000, RATES), 24);
  head.writeUInt32LE(odd(32_000, RATES), 28);
  head.writeUInt16LE(odd(4, EDGES_16), 32);
  head.writeUInt16LE(odd(32, EDGES_16), 34);
  head.write('data', 36);
  head.writeUInt32LE(odd(data.length, RATES), 40);
  return Buffer.concat([head, data]);
}
