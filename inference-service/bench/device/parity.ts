// SPDX-License-Identifier: Apache-2.0
import { goldenSignal } from '@earshot/models';
import type { Space } from '@earshot/models/registry';
import type { GraphSession } from '../../src/host/graph-session.ts';
import { openOn } from './open-device.ts';

export interface Parity {
  /** Largest difference of a value from the CPU's. */
  readonly maxDifference: number;
  /** The same in parts of the largest value. */
  readonly maxRelativeDifference: number;
  readonly lowestCosine: number;
}

function compare(a: Float32Array, b: Float32Array): Parity {
  let [difference, largest, dot, squaresA, squaresB] = [0, 0, 0, 0, 0];
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    difference = Math.max(difference, Math.abs(x - y));
    largest = Math.max(largest, Math.abs(y));
    dot += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return {
    maxDifference: difference,
    maxRelativeDifference: difference / largest,
    lowestCosine: dot / Math.sqrt(squaresA * squaresB),
  };
}

/** The device's vectors beside the CPU's for loud, quiet, tonal and noisy windows. */
export async function measureParity(session: GraphSession, space: Space, threads: number): Promise<Parity> {
  const { sampleRateHz, windowSamples } = space.card.input;
  const loud = (['chirp-noise', 'plucked-notes'] as const).map((name) =>
    goldenSignal(name, sampleRateHz, windowSamples),
  );
  const signals = loud.flatMap((signal) => [signal, signal.map((sample) => sample / 300)]);
  const cpu = await openOn('cpu', space, threads);
  const parities: Parity[] = [];
  for (const signal of signals) parities.push(compare(await session.run(signal, 1), await cpu.run(signal, 1)));
  await cpu.release();
  return {
    maxDifference: Math.max(...parities.map((parity) => parity.maxDifference)),
    maxRelativeDifference: Math.max(...parities.map((parity) => parity.maxRelativeDifference)),
    lowestCosine: Math.min(...parities.map((parity) => parity.lowestCosine)),
  };
}
