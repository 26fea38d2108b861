// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SETTINGS, type Setting } from './config/settings.ts';
import { ERROR_CODES, errorKind } from './core/error-kinds.ts';
import { EXIT } from './core/exit-codes.ts';

const OPERATORS = join(import.meta.dirname, '..', '..', 'docs', 'operators');

/** The cells of the table under a heading, back-quotes dropped. */
function tableUnder(file: string, heading: string): string[][] {
  const section =
    readFileSync(join(OPERATORS, file), 'utf8')
      .split(/^## /m)
      .find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| ') && !/^\|( ?-+ ?\|)+/.test(line));
  return rows.slice(1).map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('`', '').replaceAll('\\|', '|')),
  );
}

test('errors.md and the catalogue of the command line say the same, code by code', () => {
  const expected = ERROR_CODES.map((code) => [
    code,
    String(errorKind(code).exitCode),
    errorKind(code).remedy.replaceAll('`', ''),
  ]);
  expect(tableUnder('errors.md', 'Command line').sort()).toEqual(expected.sort());
});

test('configuration.md lists every setting with its flag, key and default', () => {
  const expected = (Object.values(SETTINGS) as Setting[]).map((setting) => [
    setting.env,
    setting.key,
    setting.flag,
    setting.default ?? '',
    setting.help,
  ]);
  expect(tableUnder('configuration.md', 'Command line, sync and panel').sort()).toEqual(expected.sort());
});

test('exit-codes.md lists every exit code', () => {
  const documented = tableUnder('exit-codes.md', 'Exit codes').map(([code]) => Number(code));
  expect(documented.sort((a, b) => a - b)).toEqual(Object.values(EXIT).sort((a, b) => a - b));
});
