// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PANEL_ERROR_KINDS } from './panel-error.ts';

it('docs/operators/panel.md lists every code with its status and remedy, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/operators/panel.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(PANEL_[A-Z_]+)` \| (\d+) \| (.+) \|$/gm)].map((row) => row.slice(1));
  const kinds = Object.entries(PANEL_ERROR_KINDS).map(([code, kind]) => [code, String(kind.status), kind.remedy]);
  expect(rows).toEqual(kinds);
});
