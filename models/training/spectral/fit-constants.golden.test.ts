// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseConstants, serialiseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { corpusStatistics } from './corpus-statistics.ts';
import { fitConstants } from './fit-constants.ts';

describe('fitting the spectral constants', () => {
  test('gives the same bytes on every machine', { timeout: 120_000 }, () => {
    const text = serialiseConstants(fitConstants(corpusStatistics({ seed: 'test', clipsPerRecipe: 1, takes: 1 })));
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '217ecc220e84ed1d97fc45d1bfae702245e1b330a0c9f6e0c3d29c0477441420',
    );
    expect(serialiseConstants(parseConstants(text))).toBe(text);
  });
});
