// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createFrameJoiner, FRAME_CHANNEL_COUNT } from './melody-frames.ts';

/** A block whose pitch says which one it is. */
const block = (number: number, frames: number): Float32Array =>
  Float32Array.from({ length: frames * FRAME_CHANNEL_COUNT }, (_, at) =>
    at % FRAME_CHANNEL_COUNT === 0 ? number : at % FRAME_CHANNEL_COUNT,
  );

test('where two blocks overlap each gives up to the middle', () => {
  const joiner = createFrameJoiner();
  joiner.add(0, block(1, 320), 320);
  joiner.add(288, block(2, 320), 320);
  joiner.add(300, block(3, 320), 320);
  const { count, pitch, voiced, level } = joiner.result();
  expect(count).toBe(620);
  expect([303, 304, 453, 454, 619].map((frame) => pitch[frame])).toEqual([1, 2, 2, 3, 3]);
  expect([voiced[500], level[500]]).toEqual([1, 5]);
});

test('a silent block has no pitch and the level of silence; a short recording only the frames that it has', () => {
  const joiner = createFrameJoiner();
  joiner.add(0, null, 320);
  joiner.add(288, block(2, 320), 17);
  const { count, voiced, level } = joiner.result();
  expect(count).toBe(320);
  expect([voiced[100], level[100]]).toEqual([0, -90]);
  const short = createFrameJoiner();
  short.add(0, block(1, 320), 41);
  expect(short.result().count).toBe(41);
  expect(short.result().pitch).toHaveLength(41);
});

test('hours of recording have the frames of hours', () => {
  const joiner = createFrameJoiner();
  for (let at = 0; at < 400; at++) joiner.add(at * 288, block(at, 320), 320);
  const { count, pitch } = joiner.result();
  expect(count).toBe(399 * 288 + 320);
  expect(pitch[399 * 288 + 100]).toBe(399);
});
