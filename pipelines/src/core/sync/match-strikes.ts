// SPDX-License-Identifier: Apache-2.0
import type { Strike } from '../../ports/strikes.ts';
import { compareBytes } from '../byte-order.ts';
import type { DeleteCandidate } from './delete-guard.ts';

export type Matched =
  | { readonly kind: 'candidate'; readonly candidate: DeleteCandidate; readonly strike: Strike | undefined }
  /** Missed before, and not missed now. */
  | { readonly kind: 'returned'; readonly strike: Strike };

/** Walks candidates and strikes together, both in byte order of keys. */
export async function* matchStrikes(
  candidates: AsyncIterable<DeleteCandidate>,
  strikes: AsyncIterable<Strike>,
): AsyncGenerator<Matched> {
  const rest = strikes[Symbol.asyncIterator]();
  let step = await rest.next();
  try {
    for await (const candidate of candidates) {
      while (!step.done && compareBytes(step.value.key, candidate.key) < 0) {
        yield { kind: 'returned', strike: step.value };
        step = await rest.next();
      }
      const strike = !step.done && step.value.key === candidate.key ? step.value : undefined;
      yield { kind: 'candidate', candidate, strike };
      if (strike) step = await rest.next();
    }
    while (!step.done) {
      yield { kind: 'returned', strike: step.value };
      step = await rest.next();
    }
  } finally {
    await rest.return?.(undefined);
  }
}
