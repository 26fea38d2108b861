// SPDX-License-Identifier: Apache-2.0

/** Uniform random numbers in 0…1 from a seed (mulberry32): the same seed, the same sample. */
export function createSeededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An even sample of a stream of unknown length, in constant memory (Vitter's algorithm R). */
export class Reservoir<T> {
  readonly sample: T[] = [];
  private readonly size: number;
  private readonly random: () => number;
  private offered = 0;

  constructor(size: number, seed: number) {
    this.size = size;
    this.random = createSeededRandom(seed);
  }

  offer(value: T): void {
    this.offered++;
    if (this.sample.length < this.size) {
      this.sample.push(value);
      return;
    }
    const at = Math.floor(this.random() * this.offered);
    if (at < this.size) this.sample[at] = value;
  }
}
