// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseConstants, serialiseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { corpusStatistics } from './corpus-statistics.ts';
import { fitConstants } from './fit-constants.ts';

describe('fitting the spectral constants', () => {
  test('gives the same bytes on every machine', { timeout: 120_000 }, () => {
    const text = serialiseConstants(fitConstants(corpusStatistics({ clips: 64, seed: 5 })));
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      'a3ce407e26c92f05b80358a75edf4c19110f956c61cf3bec7b5cb2c40db7a1bf',
    );
    expect(serialiseConstants(parseConstants(text))).toBe(text);
  });
});
