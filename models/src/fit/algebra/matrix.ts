// SPDX-License-Identifier: Apache-2.0

/** Dense matrix as rows. All operations are plain loops in a fixed order: the same bits on every machine. */
export type Matrix = readonly Float64Array[];

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** rows · columnsᵀ: every row of `left` times every row of `right`. */
export const timesTransposed = (left: Matrix, right: Matrix): Float64Array[] =>
  left.map((row) => Float64Array.from(right, (other) => dot(row, other)));

export const transpose = (matrix: Matrix): Float64Array[] =>
  Array.from(matrix[0] ?? [], (_, j) => Float64Array.from(matrix, (row) => row[j] ?? 0));

export function columnMeans(rows: Matrix): Float64Array {
  const means = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) for (let i = 0; i < means.length; i++) means[i] = (means[i] as number) + (row[i] as number);
  return means.map((sum) => sum / rows.length);
}

/** Unbiased covariance of the columns. */
export function covariance(rows: Matrix): Float64Array[] {
  const means = columnMeans(rows);
  const columns = transpose(rows.map((row) => row.map((value, i) => value - (means[i] ?? 0))));
  const result = columns.map(() => new Float64Array(columns.length));
  columns.forEach((column, i) => {
    for (let j = i; j < columns.length; j++) {
      const value = dot(column, columns[j] as Float64Array) / (rows.length - 1);
      (result[i] as Float64Array)[j] = value;
      (result[j] as Float64Array)[i] = value;
    }
  });
  return result;
}
