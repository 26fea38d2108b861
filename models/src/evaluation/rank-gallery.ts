// SPDX-License-Identifier: Apache-2.0
import type { VectorBlock } from './vector-block.ts';

/** Rows of a block by similarity to one of them, nearest first. */
export interface RankedGallery {
  readonly length: number;
  /** Row at each rank (0-based); what lies behind `length` means nothing. */
  readonly rows: Int32Array;
  /** Cosine at a rank. */
  similarityAt(rank: number): number;
}

/** Similarity in steps of 2⁻³⁰ above the row, in one number of 52 bits: sorts without a comparison function. */
const ROWS = 2 ** 21;
const STEPS = 2 ** 30;

/** In four sums: a single one would wait for itself at every step. */
function dot(values: Float32Array, a: number, b: number, dims: number): number {
  const whole = dims - (dims % 4);
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  for (let i = 0; i < whole; i += 4) {
    s0 += (values[a + i] as number) * (values[b + i] as number);
    s1 += (values[a + i + 1] as number) * (values[b + i + 1] as number);
    s2 += (values[a + i + 2] as number) * (values[b + i + 2] as number);
    s3 += (values[a + i + 3] as number) * (values[b + i + 3] as number);
  }
  for (let i = whole; i < dims; i++) s0 += (values[a + i] as number) * (values[b + i] as number);
  return s0 + s1 + s2 + s3;
}

/**
 * Ranks by exact cosine all rows of other groups; equal similarities keep the order of the rows.
 * @param groups of each row: rows of one group are never compared
 * @returns a function from a row to its gallery, which is valid until the next call
 */
export function createGalleryRanker(
  { count, dims, values }: VectorBlock,
  groups: ArrayLike<number>,
): (query: number) => RankedGallery {
  if (count > ROWS) throw new RangeError(`${count} vectors; ${ROWS} at most are ranked`);
  const scratch = new Float64Array(count);
  const rows = new Int32Array(count);
  return (query) => {
    let length = 0;
    for (let row = 0; row < count; row++) {
      if (groups[row] === groups[query]) continue;
      // Opposite vectors may come out a little below −1, and no key may be negative.
      const step = Math.max(0, Math.round((dot(values, query * dims, row * dims, dims) + 1) * STEPS));
      scratch[length++] = step * ROWS + (ROWS - 1 - row);
    }
    const keys = scratch.subarray(0, length).sort();
    // By division: a remainder of numbers this large is many times slower.
    for (let i = 0; i < length; i++) {
      const key = keys[length - 1 - i] as number;
      rows[i] = ROWS - 1 - (key - Math.floor(key / ROWS) * ROWS);
    }
    return {
      length,
      rows,
      similarityAt: (rank) => Math.floor((keys[length - 1 - rank] as number) / ROWS) / STEPS - 1,
    };
  };
}
