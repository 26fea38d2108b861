// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeVector, encodeVector } from './vector-encoding.ts';

test('the example of the Elasticsearch reference is encoded as it says', () => {
  expect(encodeVector(Float32Array.of(0.5, 10, 6))).toBe('PwAAAEEgAABAwAAA');
});

test('decoding gives back what was encoded, for every float32', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, maxLength: 64 }), (vector) => {
      expect(decodeVector(encodeVector(vector))).toEqual(vector);
    }),
  );
});

test('a view into a larger buffer is encoded without its surroundings', () => {
  expect(encodeVector(Float32Array.of(9, 0.5, 9).subarray(1, 2))).toBe(encodeVector(Float32Array.of(0.5)));
});
