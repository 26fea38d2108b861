// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Strike } from '../../ports/strikes.ts';
import { compareBytes } from '../byte-order.ts';
import type { DeleteCandidate } from './delete-guard.ts';
import { matchStrikes } from './match-strikes.ts';

async function* inOrder<T extends { readonly key: string }>(values: readonly T[]): AsyncGenerator<T> {
  yield* [...values].sort((a, b) => compareBytes(a.key, b.key));
}

test('every candidate comes once with its strike, every other strike is one of an object that is back', async () => {
  const keys = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(keys, keys, async (missing, struck) => {
      const candidates = missing.map((key): DeleteCandidate => ({ id: `id ${key}`, key, cause: 'gone' }));
      const strikes = struck.map((key): Strike => ({ id: `id ${key}`, key, strikes: 1, firstMissed: '' }));
      const seen = { candidates: [] as string[], withStrike: [] as string[], returned: [] as string[] };
      for await (const one of matchStrikes(inOrder(candidates), inOrder(strikes))) {
        if (one.kind === 'returned') seen.returned.push(one.strike.key);
        else {
          seen.candidates.push(one.candidate.key);
          if (one.strike) seen.withStrike.push(one.strike.key);
        }
      }
      expect(seen.candidates).toEqual([...missing].sort(compareBytes));
      expect(new Set(seen.withStrike)).toEqual(new Set(struck.filter((key) => missing.includes(key))));
      expect(new Set(seen.returned)).toEqual(new Set(struck.filter((key) => !missing.includes(key))));
    }),
  );
});
