// SPDX-License-Identifier: Apache-2.0

/** Vectors of one length in one piece of memory, each of unit length; a zero vector stays zero. */
export interface VectorBlock {
  readonly count: number;
  readonly dims: number;
  /** float32 [count × dims], row by row. */
  readonly values: Float32Array;
}

/** Room for `count` vectors and a way to fill it: memory is taken once, whatever order they come in. */
export function createVectorBlock(
  count: number,
  dims: number,
): VectorBlock & { set(row: number, vector: ArrayLike<number>): void } {
  const values = new Float32Array(count * dims);
  return {
    count,
    dims,
    values,
    set: (row, vector) => {
      if (vector.length !== dims) throw new RangeError(`a vector of ${vector.length} numbers among those of ${dims}`);
      let squares = 0;
      for (let i = 0; i < dims; i++) squares += (vector[i] as number) ** 2;
      const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      for (let i = 0; i < dims; i++) values[row * dims + i] = (vector[i] as number) * scale;
    },
  };
}
