// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeModel } from './encode-model.ts';
import { createGraphBuilder } from './graph-builder.ts';
import { toBytes } from './wire.ts';
import { writeModel } from './write-model.ts';

test('a written model has the bytes of the encoded one, and its sum is known', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-model-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const g = createGraphBuilder();
  g.output('y', g.op('Mul', [g.input('x', ['batch', 3]), g.floats('w', [3], [1, 2, 3])]), ['batch', 3]);
  const model = g.build({ name: 'small', description: 'for tests', metadata: { a: '1' } });
  const sum = await writeModel(join(dir, 'small.onnx'), model);
  const bytes = readFileSync(join(dir, 'small.onnx'));
  expect(bytes.equals(toBytes(encodeModel(model)))).toBe(true);
  expect(sum).toBe(createHash('sha256').update(bytes).digest('hex'));
});
