// SPDX-License-Identifier: Apache-2.0
import { SILENCE_PEAK_DBFS } from '@earshot/models';

const SILENCE_PEAK = 10 ** (SILENCE_PEAK_DBFS / 20);

/** Whether no sample of the part reaches the silence level. Such a part gets no vector. */
export function isSilent(samples: Float32Array, start: number, end: number): boolean {
  for (let index = start; index < Math.min(end, samples.length); index++)
    if (Math.abs(samples[index] ?? 0) >= SILENCE_PEAK) return false;
  return true;
}
