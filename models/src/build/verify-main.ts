#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util';
import { loadSpaces } from '../registry.ts';
import { verifySpace } from './verify-space.ts';

/** Prints one JSON object `{space, ok, checks}`; status 1 when a check failed, 2 for an unknown space. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'models-dir': { type: 'string' } } });
const id = positionals[0] ?? '';
const space = loadSpaces(values['models-dir']).get(id);
if (space) {
  const checks = await verifySpace(space);
  const ok = checks.every((check) => check.ok);
  process.stdout.write(`${JSON.stringify({ space: id, ok, checks })}\n`);
  process.exitCode = ok ? 0 : 1;
} else {
  process.stderr.write(`there is no space ${id || '(none named)'}\n`);
  process.exitCode = 2;
}
