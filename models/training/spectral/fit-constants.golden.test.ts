// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseConstants, serialiseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { corpusStatistics } from './corpus-statistics.ts';
import { fitConstants } from './fit-constants.ts';

describe('fitting the spectral constants', () => {
  test('gives the same bytes on every machine', { timeout: 120_000 }, () => {
    const text = serialiseConstants(fitConstants(corpusStatistics({ seed: 'test', clipsPerRecipe: 2, takes: 1 })));
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '1d39a43323dbf70a9adc290bf29cfbaa4f2518ed70a80781a6d425b4e81330db',
    );
    expect(serialiseConstants(parseConstants(text))).toBe(text);
  });
});
