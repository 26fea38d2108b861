// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SHIPPED_CARDS_DIR } from './registry.ts';

/**
 * Loads a graph in a process of its own; returns what that leaves in the temporary folder. With its telemetry on, the
 * runtime leaves `mat-debug-….log` there.
 */
function traces(moduleName: string): string[] {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-runtime-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const graph = JSON.stringify(join(SHIPPED_CARDS_DIR, 'spectral-1.onnx'));
  const program = `const { InferenceSession } = await import(${JSON.stringify(moduleName)}); await InferenceSession.create(${graph});`;
  const env = { PATH: process.env.PATH ?? '', TMPDIR: dir };
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return readdirSync(dir);
}

test('ONNX Runtime is loaded without its telemetry', () => {
  expect(traces(join(import.meta.dirname, 'onnx-runtime.ts'))).toEqual([]);
});
