// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RUN_EVENTS, runEventsSchema } from './run-events.ts';

const OPERATORS = join(import.meta.dirname, '../../../../docs/operators');

test('the published schema of events is the one the command line is checked against', () => {
  const published: unknown = JSON.parse(readFileSync(join(OPERATORS, 'sync-events.schema.json'), 'utf8'));
  expect(published).toEqual(runEventsSchema());
});

test('every event is described for operators', () => {
  const pages = ['sync.md', 'watch.md'].map((page) => readFileSync(join(OPERATORS, page), 'utf8')).join('\n');
  expect(Object.keys(RUN_EVENTS).filter((name) => !pages.includes(`\`${name}\``))).toEqual([]);
});
