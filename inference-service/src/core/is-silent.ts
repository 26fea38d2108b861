// SPDX-License-Identifier: Apache-2.0
import { SILENCE_PEAK_DBFS } from '@earshot/models';

const SILENCE_PEAK = 10 ** (SILENCE_PEAK_DBFS / 20);

/** Whether no sample reaches the silence level. Such a part gets no vector. */
export function isSilent(samples: Float32Array): boolean {
  for (let at = 0; at < samples.length; at++) if (Math.abs(samples[at] as number) >= SILENCE_PEAK) return false;
  return true;
}
