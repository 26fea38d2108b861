// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { createGraphBuilder } from './graph-builder.ts';

describe('createGraphBuilder', () => {
  test('shares equal scalars and refuses a constant defined twice', () => {
    const g = createGraphBuilder();
    expect(g.scalar(0.5)).toBe(g.scalar(0.5));
    g.integers('axis', [1]);
    expect(() => g.floats('axis', [1], [1])).toThrow('initializer axis is defined twice');
  });

  test('names values after operator and position', () => {
    const g = createGraphBuilder();
    const x = g.input('x', [1]);
    expect(g.op('Abs', [x])).toBe('abs_0');
    expect(g.multi('TopK', [x], {}, 2)).toEqual(['topk_1_0', 'topk_1_1']);
  });
});
