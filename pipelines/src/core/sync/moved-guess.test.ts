// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MovedGuess } from './moved-guess.ts';

const versions = fc.array(fc.record({ etag: fc.constantFrom('a', 'b', 'c'), size: fc.nat(2) }), { maxLength: 30 });

test('each gone version accounts for one new object at most', () => {
  fc.assert(
    fc.property(versions, versions, (added, gone) => {
      const guess = new MovedGuess();
      for (const version of added) guess.addNew(version);
      for (const version of gone) guess.addGone(version);
      const left = gone.map(({ etag, size }) => `${etag}${size}`);
      let expected = 0;
      for (const { etag, size } of added) {
        const at = left.indexOf(`${etag}${size}`);
        if (at < 0) continue;
        left.splice(at, 1);
        expected++;
      }
      expect(guess.count()).toBe(expected);
    }),
  );
});

test('objects without ETag are nobody, and a million more on one side need no guess', () => {
  const guess = new MovedGuess();
  guess.addNew({ size: 1 });
  guess.addGone({ size: 1 });
  expect(guess.count()).toBe(0);
});
