// SPDX-License-Identifier: Apache-2.0
import type { NamedTensors } from '../../build/spaces/panns/weights.ts';
import { ImportError } from '../import-error.ts';

/** Position of the first value that cannot be used, or −1. */
function findUnusable(values: Float32Array, least: number): number {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value) || value < least) return i;
  }
  return -1;
}

/**
 * Weights whose every value is a finite number, and whose variances are not negative.
 * @throws ImportError from `get`: CHECKPOINT_MISMATCH naming tensor, position and value
 */
export function checkedWeights(weights: NamedTensors, file: string): NamedTensors {
  return {
    get: (name) => {
      const values = weights.get(name);
      const least = name.endsWith('.running_var') ? 0 : Number.NEGATIVE_INFINITY;
      const at = values ? findUnusable(values, least) : -1;
      if (at >= 0)
        throw new ImportError('CHECKPOINT_MISMATCH', `${file}: value ${at} of tensor ${name} is ${values?.[at]}`);
      return values;
    },
  };
}
