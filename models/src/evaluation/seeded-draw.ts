// SPDX-License-Identifier: Apache-2.0

/** Even draws from 0…count−1 by a linear congruential generator: the same seed, the same draws. */
export function createSeededDraw(seed: number): (count: number) => number {
  let state = seed >>> 0;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * count);
  };
}
