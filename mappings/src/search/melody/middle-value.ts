// SPDX-License-Identifier: Apache-2.0

const half = (count: number): number => (count - 1) >> 1;

/** Puts what is below the pivot left of what is above it. @returns where the right part begins */
function part(values: Float32Array, low: number, high: number): number {
  const pivot = values[low + half(high - low + 1)] ?? 0;
  let left = low;
  let right = high;
  for (;;) {
    while ((values[left] ?? 0) < pivot) left++;
    while ((values[right] ?? 0) > pivot) right--;
    if (left >= right) return right + 1;
    const value = values[left] ?? 0;
    values[left++] = values[right] ?? 0;
    values[right--] = value;
  }
}

/**
 * Lower median of all values by Hoare's quickselect (1961).
 * @param values at least one; they are put into another order
 */
export function middleValue(values: Float32Array): number {
  const wanted = half(values.length);
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const border = part(values, low, high);
    if (wanted < border) high = border - 1;
    else low = border;
  }
  return values[wanted] ?? 0;
}
