// SPDX-License-Identifier: Apache-2.0

/** The sizes that are warmed and checked: 1, 2, 4 … and the largest itself. */
export function batchSizes(largest: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < largest; size *= 2) sizes.push(size);
  return [...sizes, largest];
}
