// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStage } from './stage.ts';

function modelsFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-stage-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  return dir;
}
const stages = (dir: string): string[] => readdirSync(dir).filter((name) => name.startsWith('.adding-'));

test('a stage shows nothing until it is published, and leaves nothing behind', () => {
  const dir = modelsFolder();
  const stage = openStage(dir);
  writeFileSync(stage.path('a.onnx'), 'graph');
  writeFileSync(stage.path('a.json'), 'card');
  expect(existsSync(join(dir, 'a.json'))).toBe(false);
  stage.publish(['a.onnx', 'a.json']);
  stage.discard();
  stage.discard();
  expect(readdirSync(dir).sort()).toEqual(['a.json', 'a.onnx']);
});

test('the next one removes the stages of killed owners, and those of a day ago, but no living one', () => {
  const dir = modelsFolder();
  const living = openStage(dir);
  const program = `import { openStage } from ${JSON.stringify(join(import.meta.dirname, 'stage.ts'))};
    openStage(${JSON.stringify(dir)}); process.kill(process.pid, 'SIGKILL');`;
  const killed = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program]);
  expect(killed.signal).toBe('SIGKILL');
  for (const name of ['.adding-elsewhere~1-abcdef', '.adding-elsewhere~2-abcdef', '.adding-old'])
    mkdirSync(join(dir, name));
  for (const name of ['.adding-elsewhere~2-abcdef', '.adding-old']) utimesSync(join(dir, name), 0, 0);
  expect(stages(dir)).toHaveLength(5);
  const next = openStage(dir);
  expect(stages(dir)).toHaveLength(3);
  expect(existsSync(living.path('.'))).toBe(true);
  expect(stages(dir)).toContain('.adding-elsewhere~1-abcdef');
  for (const stage of [living, next]) stage.discard();
});
