// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SHIPPED_CARDS_DIR } from '../registry.ts';
import { planRemoval, removeSpace, type SpaceRemoval } from './remove-space.ts';

const shipped = JSON.parse(readFileSync(join(SHIPPED_CARDS_DIR, 'spectral-1.json'), 'utf8'));

function modelsFolder(cards: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'earshot-remove-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const dir = join(root, 'models');
  mkdirSync(dir);
  for (const [id, file] of Object.entries(cards)) {
    writeFileSync(join(dir, `${id}.json`), JSON.stringify({ ...shipped, id, graph: { ...shipped.graph, file } }));
    writeFileSync(join(dir, file), 'graph');
  }
  return dir;
}

function remove(id: string, dir: string): string[] {
  const removal = planRemoval(id, dir) as SpaceRemoval;
  removeSpace(removal, dir);
  return readdirSync(dir).sort();
}

test('card and graph go, other spaces stay', () => {
  const dir = modelsFolder({ 'a-1': 'a-1.onnx', 'b-1': 'b-1.onnx' });
  expect(planRemoval('a-1', dir)).toMatchObject({ fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/) });
  expect(remove('a-1', dir)).toEqual(['b-1.json', 'b-1.onnx']);
});

test('reports of how a space was judged go with it', () => {
  const dir = modelsFolder({ 'a-1': 'a-1.onnx', 'a-2': 'a-2.onnx' });
  for (const name of ['a-1.report.json', 'a-2.report.json', 'a-2.report.md']) writeFileSync(join(dir, name), '{}');
  expect(remove('a-2', dir)).toEqual(['a-1.json', 'a-1.onnx', 'a-1.report.json']);
});

test('a graph that another card names stays, and so does one outside the folder', () => {
  const dir = modelsFolder({ 'a-1': 'both.onnx', 'b-1': 'both.onnx', 'c-1': '../outside.onnx' });
  expect(remove('a-1', dir)).toEqual(['b-1.json', 'both.onnx', 'c-1.json']);
  expect(remove('c-1', dir)).toEqual(['b-1.json', 'both.onnx']);
  expect(readdirSync(join(dir, '..'))).toContain('outside.onnx');
});

test('a card that cannot be read goes with the graph of its name', () => {
  const dir = modelsFolder({ 'a-1': 'a-1.onnx' });
  writeFileSync(join(dir, 'a-1.json'), '{"id": "a-1", "dims": "many"}');
  expect(remove('a-1', dir)).toEqual([]);
});

test('what ships is never planned, and what is unknown neither', () => {
  const dir = modelsFolder({});
  expect(planRemoval('spectral-1', dir)).toBe('shipped');
  expect(planRemoval('none-1', dir)).toBeUndefined();
});
