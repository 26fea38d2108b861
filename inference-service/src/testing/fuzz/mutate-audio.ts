// SPDX-License-Identifier: Apache-2.0
import { AUDIO_SEEDS } from './audio-seeds.ts';
import type { Random } from './random.ts';

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** A place in the file, more often near its start, where headers are. */
const place = (bytes: Buffer, random: Random): number =>
  random.below(random.chance(0.5) ? Math.min(bytes.length, 256) : bytes.length);

const flipBits: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  for (let left = random.pick([1, 4, 32, 256]); left > 0; left--) {
    const at = place(changed, random);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.below(8));
  }
  return changed;
};

const overwriteLength: Mutation = (bytes, random) => {
  const changed = Buffer.from(bytes);
  if (changed.length < 4) return changed;
  const at = Math.min(place(changed, random), changed.length - 4);
  const value = random.pick(EDGES);
  if (random.chance(0.5)) changed.writeUInt32LE(value, at);
  else changed.writeUInt32BE(value, at);
  return changed;
};

const cut: Mutation = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));

const behead: Mutation = (bytes, random) => bytes.subarray(random.below(Math.min(bytes.length, 400) + 1));

const repeatBlock: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  const block = bytes.subarray(from, from + random.between(1, 4096));
  const copies = Array.from({ length: random.pick([1, 3, 20]) }, () => block);
  return Buffer.concat([bytes.subarray(0, from), ...copies, bytes.subarray(from)]);
};

const removeBlock: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.between(1, 2048))]);
};

const insertNoise: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, from), random.bytes(random.between(1, 512)), bytes.subarray(from)]);
};

const fillBlock: Mutation = (bytes, random) => {
  const from = random.below(bytes.length);
  return Buffer.from(bytes).fill(random.pick([0, 0xff]), from, Math.min(bytes.length, from + random.between(1, 4096)));
};

const splice: Mutation = (bytes, random) => {
  const other = random.pick(AUDIO_SEEDS);
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))]);
};

const MUTATIONS = [
  flipBits,
  overwriteLength,
  overwriteLength,
  cut,
  behead,
  repeatBlock,
  removeBlock,
  insertNoise,
  fillBlock,
  splice,
];

/** A real recording, damaged in one to four ways. */
export function mutatedAudio(random: Random): Buffer {
  let bytes = random.pick(AUDIO_SEEDS);
  for (let left = random.between(1, 4); left > 0 && bytes.length > 0; left--)
    bytes = random.pick(MUTATIONS)(bytes, random);
  return bytes;
}
