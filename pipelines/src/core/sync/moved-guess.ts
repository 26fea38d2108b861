// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';

interface Version {
  readonly etag?: string;
  readonly size?: number;
}

/** 48 bits an object, 8 MB for each side: more are not told apart, and the guess is not made. */
const MOST = 1_000_000;

/** A bag of numbers that stops growing at a million. */
class Numbers {
  private values = new Float64Array(1024);
  private count = 0;
  isFull = false;

  get size(): number {
    return this.count;
  }

  add(value: number): void {
    this.isFull = this.count >= MOST;
    if (this.isFull) return;
    if (this.count === this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.count++] = value;
  }

  sorted(): Float64Array {
    return this.values.subarray(0, this.count).sort();
  }
}

function countCommon(a: Float64Array, b: Float64Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] ?? 0) - (b[j] ?? 0);
    if (difference === 0) common++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return common;
}

/**
 * Guesses how many new objects are gone ones under another key: by ETag and size, without reading them. Only a fetch can
 * tell (ETags are opaque), so this is for plans, never for decisions.
 */
export class MovedGuess {
  private readonly added = new Numbers();
  private readonly gone = new Numbers();

  private static note(numbers: Numbers, { etag, size }: Version): void {
    if (etag !== undefined) numbers.add(hash('sha1', `${etag}\0${size}`, 'buffer').readUIntBE(0, 6));
  }

  addNew(version: Version): void {
    MovedGuess.note(this.added, version);
  }

  addGone(version: Version): void {
    MovedGuess.note(this.gone, version);
  }

  /** undefined when there are too many to compare. */
  count(): number | undefined {
    if (this.gone.size === 0 || this.added.size === 0) return 0;
    return this.gone.isFull || this.added.isFull ? undefined : countCommon(this.added.sorted(), this.gone.sorted());
  }
}
