// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SERVICE_SETTINGS } from './config.ts';
import { ERROR_KINDS } from './contract/errors.ts';

const read = (name: string): string => readFileSync(new URL(`../../docs/operators/${name}`, import.meta.url), 'utf8');

/** Cells of the table rows below a heading, up to the next heading of that level. */
function rowsBelow(text: string, heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^`|`$/g, '')),
    );
}

test('errors.md and the catalogue of the service say the same, code by code', () => {
  const documented = rowsBelow(read('errors.md'), 'Inference service');
  const catalogue = Object.entries(ERROR_KINDS).map(([code, { status, isRetryable, remedy }]) => [
    code,
    String(status),
    isRetryable ? 'yes' : 'no',
    remedy,
  ]);
  expect(documented).toEqual(catalogue);
});

test('inference-service.md names every setting with its default, and no other', () => {
  const documented = rowsBelow(read('inference-service.md'), 'Settings');
  const perCore = new Set(['EARSHOT_MAX_CONCURRENT_DECODES', 'EARSHOT_INFERENCE_THREADS']);
  const settings = Object.values(SERVICE_SETTINGS).map(({ env, help, ...rest }) => {
    const fallback = 'default' in rest ? rest.default : '';
    return [env, perCore.has(env) ? 'one per core' : fallback, help];
  });
  expect(documented).toEqual(settings);
});
