// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';

interface WindowTarget {
  readonly into: Float32Array;
  /** First sample to write. */
  readonly at: number;
  readonly windowSamples: number;
  readonly padding: Card['input']['padding'];
}

/** Copies one window; what the recording lacks is zeros, or the recording again from its start. */
export function copyWindow(samples: Float32Array, start: number, target: WindowTarget): void {
  const { into, at, windowSamples, padding } = target;
  const part = samples.subarray(start, start + windowSamples);
  into.set(part, at);
  if (part.length === windowSamples) return;
  if (padding === 'zero') {
    into.fill(0, at + part.length, at + windowSamples);
    return;
  }
  for (let filled = part.length; filled < windowSamples; filled += part.length)
    into.set(part.subarray(0, windowSamples - filled), at + filled);
}
