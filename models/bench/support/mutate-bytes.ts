// SPDX-License-Identifier: Apache-2.0

/** A whole number from 0 up to the limit, which is left out. */
export type Random = (limit: number) => number;

/** Numerical Recipes' linear congruential generator, one for each case, so that any case can be repeated alone. */
export function createRandom(seed: number, index: number): Random {
  let state = (seed * 0x9e3779b1 + index * 0x85ebca6b) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** One way to damage a file; gives a changed copy. */
export type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Numbers that sizes, counts and offsets go wrong with. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** Cuts, random bytes, single bits, extreme numbers, doubled and missing pieces. */
export const COMMON_MUTATIONS: readonly Mutation[] = [
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => {
    const changed = bytes.slice();
    for (let i = 1 + random(8); i > 0; i--) changed[random(changed.length)] = random(256);
    return changed;
  },
  (bytes, random) => {
    const changed = bytes.slice();
    const at = random(changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << random(8));
    return changed;
  },
  (bytes, random) => {
    const changed = bytes.slice();
    new DataView(changed.buffer).setUint32(random(changed.length - 4), EXTREMES[random(EXTREMES.length)] ?? 0, true);
    return changed;
  },
  (bytes, random) => {
    const [at, length, from] = [random(bytes.length), random(200), random(bytes.length)];
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + length), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const at = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(200))]);
  },
];

/** One to three mutations of a file, one after the other. */
export function mutate(source: Uint8Array, mutations: readonly Mutation[], random: Random): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(source);
  for (let rounds = 1 + random(3); rounds > 0 && bytes.length > 8; rounds--)
    bytes = new Uint8Array(mutations[random(mutations.length)]?.(bytes, random) ?? bytes);
  return bytes;
}
