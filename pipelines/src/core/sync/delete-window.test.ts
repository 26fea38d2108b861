// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { DeleteWindow } from './delete-window.ts';

const SETTINGS = { mode: 'hard', maxDelete: 5, strikes: 1, pruneFiltered: false, force: false } as const;
const HOUR_MS = 3_600_000;

test('small deletes within an hour add up to a large one, which is refused', () => {
  const window = new DeleteWindow();
  let stored = 40;
  for (let now = 0; now < 5; now++) {
    expect(window.judge({ stored, gone: 1, now }, SETTINGS).verdict).toBe('allowed');
    window.note(1, now);
    stored--;
  }
  expect(window.judge({ stored, gone: 1, now: 6 }, SETTINGS)).toMatchObject({ verdict: 'refused' });
  expect(window.judge({ stored, gone: 1, now: HOUR_MS + 1 }, SETTINGS).verdict).toBe('allowed');
});

test('the last document of a source is never deleted for an event, nor half of them', () => {
  const insisting = { ...SETTINGS, force: true };
  expect(new DeleteWindow().judge({ stored: 3, gone: 3, now: 0 }, insisting).verdict).toBe('refused');
  expect(new DeleteWindow().judge({ stored: 12, gone: 6, now: 0 }, { ...SETTINGS, maxDelete: 100 }).verdict).toBe(
    'refused',
  );
  expect(new DeleteWindow().judge({ stored: 12, gone: 0, now: 0 }, SETTINGS).verdict).toBe('allowed');
});
