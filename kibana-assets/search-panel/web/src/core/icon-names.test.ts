// SPDX-License-Identifier: Apache-2.0
import { ICON_TYPES } from '@elastic/eui';
import { expect, it } from 'vitest';
import { ICON } from './icon-names.ts';

it('every icon of the page is one that EUI has', () => {
  expect(ICON_TYPES.length).toBeGreaterThan(300);
  expect(Object.values(ICON).filter((name) => !(ICON_TYPES as readonly string[]).includes(name))).toEqual([]);
});
