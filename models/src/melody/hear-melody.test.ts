// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { hearMelody } from './hear-melody.ts';
import { decodePitch, encodePitch } from './pitch-codec.ts';
import { framesOf, type Notes, TUNE } from './testing/tune-frames.ts';

const HOP_MS = 32;
const hear = (notes: Notes, overrides = {}) => hearMelody(framesOf(notes, overrides), HOP_MS);

describe('what is heard', () => {
  test('of a tune: its source, its pitch and what was measured', () => {
    const heard = hear([[Number.NaN, 16], ...TUNE, [Number.NaN, 16]]);
    expect(heard).toMatchObject({ status: 'ready', source: 'monophonic', reason: null });
    expect(heard.measures).toMatchObject({ durationSeconds: 5.12, voicedShare: 0.8, notes: 8, rangeSemitones: 7 });
    expect(heard.measures.stableShare).toBeGreaterThan(0.7);
    expect([heard.pitch[15], heard.pitch[16], heard.pitch[143]]).toEqual([Number.NaN, 60, 60]);
  });

  test('a lone frame between rests is no voice, a gap of one frame in a note is one', () => {
    const { pitch } = hear([...TUNE, [Number.NaN, 5], [72, 1], [Number.NaN, 5], ...TUNE]);
    expect(pitch.slice(128, 139).every(Number.isNaN)).toBe(true);
  });

  test('where several sound together the loudest line counts', () => {
    const { count } = framesOf(TUNE);
    const mix = { salience: new Float32Array(count).fill(0.4), pitch: new Float32Array(count).fill(40) };
    const heard = hear(TUNE, mix);
    expect(heard.source).toBe('dominant');
    expect(heard.pitch[0]).toBe(60);
    expect(hearMelody(framesOf(TUNE, mix), HOP_MS, { source: 'monophonic' }).pitch[0]).toBe(40);
  });

  test('what is searched with is a single voice sooner than what is indexed: a hum in a noisy room', () => {
    const { count } = framesOf(TUNE);
    const noisy = framesOf(TUNE, { salience: new Float32Array(count).fill(0.55) });
    expect(hearMelody(noisy, HOP_MS, { purpose: 'ingest' }).source).toBe('dominant');
    expect(hearMelody(noisy, HOP_MS, { purpose: 'search' }).source).toBe('monophonic');
  });

  test('a hum that noise all but covers is one voice where both trackers agree but for octaves, a mix where they do not', () => {
    const { count, pitch } = framesOf(TUNE);
    const covered = (apart: number) =>
      framesOf(TUNE, { salience: new Float32Array(count).fill(0.4), linePitch: pitch.map((value) => value + apart) });
    expect(hearMelody(covered(-12), HOP_MS, { purpose: 'search' }).source).toBe('monophonic');
    expect(hearMelody(covered(5), HOP_MS, { purpose: 'search' }).source).toBe('dominant');
    expect(hearMelody(covered(-12), HOP_MS, { purpose: 'ingest' }).source).toBe('dominant');
  });

  test('a line that leaps between melody and bass is not of a single voice', () => {
    const leaping = framesOf(TUNE).pitch.map((pitch, frame) => (frame % 8 < 4 ? pitch : pitch - 24));
    const heard = hear(TUNE, { pitch: leaping });
    expect(heard).toMatchObject({ status: 'ready', source: 'dominant' });
    expect(heard.pitch[4]).toBe(60);
  });

  const speech = Array.from({ length: 200 }, (_, t) => [55 + 8 * Math.abs(((t / 18) % 2) - 1), 1] as const);
  const leaping = Array.from({ length: 200 }, (_, t) => [t % 3 === 0 ? 52 : 60 + (t % 7), 1] as const);
  const hiss = { salience: new Float32Array(128).fill(0.1) };
  const noise = { voiced: new Float32Array(300).fill(0.1), lineStrength: new Float32Array(300).fill(0.2) };
  test.each<[string, Notes, object, string]>([
    ['half a second', [[60, 16]], {}, 'it is 0.5 s long; a melody takes about 2 s'],
    ['nothing with a pitch', [[60, 300]], noise, 'nothing in it has a pitch'],
    [
      'a few frames in noise',
      [
        [Number.NaN, 400],
        [60, 16],
        [Number.NaN, 400],
      ],
      {},
      'only 2 % of it has a pitch',
    ],
    [
      'a short call',
      [
        [Number.NaN, 60],
        [60, 20],
        [64, 20],
        [Number.NaN, 60],
      ],
      {},
      'only 1.3 s of it has a pitch',
    ],
    ['one held note', [[60, 200]], {}, 'one held note: the pitch does not move'],
    [
      'two notes',
      [
        [60, 100],
        [67, 100],
      ],
      {},
      'only 2 notes',
    ],
    ['a pitch that never rests', speech, {}, 'as in speech'],
    ['a pitch that leaps about', leaping, {}, 'the pitch leaps about, as in noise'],
    ['a line that nothing periodic explains', TUNE, hiss, 'no clear pitch'],
  ])('%s is no melody, and the reason is told', (_name, notes, overrides, reason) => {
    const heard = hear(notes, overrides);
    expect(heard.status).toBe('no_melody');
    expect(heard.reason).toContain(reason);
  });
});

describe('the pitch track as text', () => {
  test('comes back to a quarter of a semitone, rests included', () => {
    const pitch = Float32Array.of(Number.NaN, 36, 60.1, 69.25, 84, 96);
    expect(decodePitch(encodePitch(pitch))).toEqual(Float32Array.of(Number.NaN, 36, 60, 69.25, 84, 96));
    expect(encodePitch(new Float32Array(0))).toBe('');
    expect(encodePitch(Float32Array.of(Number.NaN, 33, 1, 200))).toBe(btoa('\x00\x01\x01\xff'));
  });

  test('hours of it are no trouble', () => {
    const hour = new Float32Array(112_500).fill(60);
    expect(decodePitch(encodePitch(hour))).toEqual(hour);
  });
});
