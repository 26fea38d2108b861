// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { generateMelodies } from './generated-melodies.ts';

test('a seed gives the same melodies whatever their number, and another seed others', () => {
  const [few, many] = [generateMelodies(3, 7), generateMelodies(20, 7)];
  expect(many.slice(0, 3)).toEqual(few);
  expect(generateMelodies(3, 8)).not.toEqual(few);
  expect(new Set(many.map((notes) => JSON.stringify(notes))).size).toBe(20);
});

test('a melody is a line of notes without gaps that a voice can sing', () => {
  for (const notes of generateMelodies(200, 1)) {
    const ends = notes.map(({ startSeconds, seconds }) => startSeconds + seconds);
    expect(notes.map(({ startSeconds }) => startSeconds)).toEqual([0, ...ends.slice(0, -1)]);
    expect(notes.length).toBeGreaterThanOrEqual(24);
    expect(notes.length).toBeLessThan(59 + 9);
    const pitches = notes.map(({ pitch }) => pitch);
    expect(Math.min(...pitches)).toBeGreaterThanOrEqual(36);
    expect(Math.max(...pitches)).toBeLessThanOrEqual(84);
  }
});
