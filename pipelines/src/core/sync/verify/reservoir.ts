// SPDX-License-Identifier: Apache-2.0
import { createSeededRandom } from '../../seeded-random.ts';

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
