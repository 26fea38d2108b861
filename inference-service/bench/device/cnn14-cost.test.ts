// SPDX-License-Identifier: Apache-2.0
import { CNN14 } from '@earshot/models/build';
import { expect, test } from 'vitest';
import { cnn14Flop } from './cnn14-cost.ts';

test('ten seconds cost Cnn14 20.04 billion multiplications', () => {
  expect(cnn14Flop(CNN14) / 2e9).toBeCloseTo(20.04, 1);
});
