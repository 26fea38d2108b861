// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dot } from './algebra/matrix.ts';
import { discriminantProjection } from './discriminant-projection.ts';

/** Three classes along one axis of six, under much louder noise on another axis. */
function sample(): { rows: Float64Array[]; labels: string[] } {
  let state = 3;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x80000000 - 1;
  };
  const rows: Float64Array[] = [];
  const labels: string[] = [];
  for (let i = 0; i < 300; i++) {
    const label = i % 3;
    labels.push(`class ${label}`);
    rows.push(Float64Array.of(noise(), 50 * noise(), noise() + 4 * label, noise(), noise(), noise()));
  }
  return { rows, labels };
}

describe('discriminantProjection', () => {
  const known = sample();
  const options = { dims: 2, components: 6, shrinkage: 0.001 };
  const directions = discriminantProjection(known, options);

  test('finds the axis along which classes differ, not the loudest one', () => {
    const [first] = directions;
    const size = Math.sqrt(dot(first!, first!));
    expect(first![2]! / size).toBeGreaterThan(0.95);
    expect(Math.abs(first![1]! / size)).toBeLessThan(0.05);
  });

  test('fades out a direction that does not tell classes apart', () => {
    const [first, second] = directions;
    expect(dot(second!, second!)).toBeLessThan(0.2 * dot(first!, first!));
  });

  test('gives the same values again', () => {
    expect(discriminantProjection(known, options)).toEqual(directions);
  });

  test('turns away from what differs inside groups of further rows', () => {
    const { rows } = sample();
    // Groups that differ inside along the very axis of the classes.
    const groups = Array.from({ length: 40 }, (_, i) =>
      [-6, 6].map((shift) => rows[i]!.map((value, axis) => (axis === 2 ? shift : value))),
    );
    const further = { rows: groups.flat(), groups };
    const share = (weight: number): number => {
      const [first] = discriminantProjection(known, { ...options, further: { ...further, weight } });
      return dot(first!, first!);
    };
    expect(share(0.5)).toBeLessThan(0.7 * share(0));
  });

  test('listens to groups that differ where classes do not', () => {
    const { rows } = sample();
    const groups = Array.from({ length: 40 }, (_, i) =>
      [0, 1].map((part) => rows[2 * i + part]!.map((value, axis) => (axis === 4 ? 5 * (i % 4) + value : value))),
    );
    const further = { rows: groups.flat(), groups, weight: 0.5 };
    const heard = (directions: Float64Array[]): number => Math.max(...directions.map((row) => Math.abs(row[4]!)));
    expect(heard(discriminantProjection(known, { ...options, further }))).toBeGreaterThan(3 * heard(directions));
  });
});
