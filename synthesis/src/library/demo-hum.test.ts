// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { demoHum } from './demo-hum.ts';

it('hums the same tune the same way for a seed, and another way for another', () => {
  const hum = demoHum('ode-to-joy', { seconds: 3 });
  expect(hum).toHaveLength(48_000);
  expect(hum.every((value) => Math.abs(value) <= 0.7001)).toBe(true);
  expect(demoHum('ode-to-joy', { seconds: 3 })).toEqual(hum);
  expect(demoHum('ode-to-joy', { seconds: 3, seed: 2 })).not.toEqual(hum);
});

it('names a melody that the library does not have', () => {
  expect(() => demoHum('chopsticks')).toThrow('There is no melody "chopsticks"');
});
