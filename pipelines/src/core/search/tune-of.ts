// SPDX-License-Identifier: Apache-2.0
import type { MelodyOutput } from '@earshot/inference-service/contract';
import type { QueryVector } from '../../ports/search.ts';

const hundredths = (value: number): number => Math.round(value * 100) / 100;

/** What was heard in a query recording, as the service says it; undefined where no melody space listened. */
export function tuneOf(vectors: readonly QueryVector[]): MelodyOutput | undefined {
  const melody = vectors.find((vector) => vector.melody?.heard)?.melody;
  if (!melody?.heard) return undefined;
  const pitch = Array.from(melody.pitch, (value) => (Number.isNaN(value) ? null : hundredths(value)));
  return { ...melody.heard, hop_ms: melody.hopMs, pitch };
}
