// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { demandFreeSpace } from './free-space.ts';
import { PreparationError } from './preparation-error.ts';

test('a disk with room is accepted', () => {
  expect(() => demandFreeSpace('/', 10, 10)).not.toThrow();
});

test('a full disk is refused before the download, with the folder, both amounts and a remedy', () => {
  try {
    demandFreeSpace('/data', 2 * 2 ** 30, 2 ** 29);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(PreparationError);
    expect((error as PreparationError).message).toBe('/data has 0.5 GiB free, 2.0 GiB are needed for a moment');
    expect((error as PreparationError).remedy).toContain('EARSHOT_CACHE_DIR');
  }
});

test('the free space of a real folder is asked from the system', () => {
  expect(() => demandFreeSpace('/', 2 ** 60)).toThrow(PreparationError);
});
