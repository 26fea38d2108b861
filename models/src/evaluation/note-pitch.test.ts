// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { pitchTrackOfNotes } from './note-pitch.ts';

test('notes become a value every 32 ms, the highest where several sound, nothing in gaps', () => {
  const track = pitchTrackOfNotes([
    { startSeconds: 0.032, seconds: 0.064, pitch: 60 },
    { startSeconds: 0.064, seconds: 0.032, pitch: 55 },
    { startSeconds: 0.128, seconds: 0.064, pitch: 55 },
    { startSeconds: 0.16, seconds: 0.032, pitch: 67.5 },
  ]);
  expect([...track]).toEqual([Number.NaN, 60, 60, Number.NaN, 55, 67.5]);
  expect(pitchTrackOfNotes([])).toHaveLength(0);
});
