// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { DemoUsageError, libraryNameOf, readDemoOptions } from './demo-options.ts';

test('without options the demo stays up on the built-in library', () => {
  expect(readDemoOptions([])).toEqual({ audioDir: undefined, library: 'demo', isExiting: false });
});

test('folders of the same name get libraries of their own', () => {
  expect(libraryNameOf('/a/My Sounds (2024)')).toMatch(/^demo-my-sounds-2024-[0-9a-f]{6}$/);
  expect(libraryNameOf('/a/x')).not.toBe(libraryNameOf('/b/x'));
});

test('a missing folder and an unknown option are usage errors, --help is not', () => {
  expect(() => readDemoOptions(['--audio', '/no/such/folder'])).toThrow(DemoUsageError);
  expect(() => readDemoOptions(['--bogus'])).toThrow(DemoUsageError);
  expect(readDemoOptions(['--audio', tmpdir(), '--exit'])).toMatchObject({ isExiting: true });
  expect(readDemoOptions(['--help'])).toBe('help');
});
