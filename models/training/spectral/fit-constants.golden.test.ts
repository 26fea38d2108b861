// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConstants, serialiseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { SHIPPED_CONSTANTS_FILE } from '../../src/build/spaces/spectral/shipped-constants.ts';
import { fitConstants } from '../../src/fit/spectral/fit-constants.ts';
import { corpusStatistics } from './corpus-statistics.ts';

describe('fitting the spectral constants', () => {
  test('gives the same bytes on every machine', { timeout: 300_000 }, () => {
    const text = serialiseConstants(fitConstants(corpusStatistics({ seed: 'test', clipsPerRecipe: 2, takes: 1 })));
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      'c3f04345425f1904441e9005ea38d43a4e61b66dd105ff053bca0f0e81063006',
    );
    expect(serialiseConstants(parseConstants(text))).toBe(text);
  });

  test('reads the committed constants as they were written', () => {
    const text = readFileSync(SHIPPED_CONSTANTS_FILE, 'utf8');
    expect(serialiseConstants(parseConstants(text)) === text).toBe(true);
  });
});
