// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { toUnitLength } from './pool-vectors.ts';

/** Unit length where the measure asks for it and the graph does not give it; null when there is no direction. */
export function finishVector(card: Card, vector: Float32Array, isPooled: boolean): Float32Array | null {
  if (card.similarity !== 'cosine') return vector;
  return card.output.normalised && !isPooled ? vector : toUnitLength(vector);
}
