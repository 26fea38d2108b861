// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, describe, expect, test } from 'vitest';
import { toBytes } from '../../build/index.ts';
import { ImportError } from '../import-error.ts';
import { editOnnx, writeOnnx } from '../testing/edit-onnx.ts';
import { openExternalWeights } from './external-data.ts';
import { joinGraphs } from './join-graphs.ts';
import { readOnnx } from './read-onnx.ts';

const root = mkdtempSync(join(tmpdir(), 'earshot-external-'));
afterAll(() => rmSync(root, { recursive: true }));
const dir = join(root, 'model');
mkdirSync(join(dir, 'parts'), { recursive: true });
const values = Float32Array.of(9, 9, 1, 2, 3, 4);
for (const place of [join(dir, 'weights.bin'), join(dir, 'parts', 'w.bin'), join(root, 'outside.bin')])
  writeFileSync(place, new Uint8Array(values.buffer));
symlinkSync(join(root, 'outside.bin'), join(dir, 'link.bin'));
symlinkSync(root, join(dir, 'folder'));

const plain = writeOnnx((g) => {
  const x = g.input('x', ['batch', 4]);
  g.output('y', g.op('Mul', [x, g.floats('weights', [4], [0, 0, 0, 0])]), ['batch', 4]);
});

/** The model with its weights elsewhere. */
const outside = (entries: Record<string, string>): Uint8Array =>
  editOnnx(plain, (_model, graph) => {
    const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
    graph.initializer = [
      onnx.TensorProto.create({ name: 'weights', dims: [4], dataType: 1, dataLocation: 1, externalData }),
    ];
  });

function open(entries: Record<string, string>) {
  return openExternalWeights(join(dir, 'model.onnx'), outside(entries), 'model.onnx');
}

function refusal(entries: Record<string, string>): ImportError {
  try {
    open(entries).close();
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  return expect.fail('it was opened');
}

describe('weights beside a model', () => {
  test.each(['weights.bin', 'parts/w.bin', './weights.bin'])(
    'in %s are put into the model, which stays as it is otherwise',
    (location) => {
      const bytes = outside({ location, offset: '8', length: '16' });
      const weights = open({ location, offset: '8', length: '16' });
      const model = readOnnx(bytes, 'model.onnx');
      const joined = joinGraphs(model, {
        wrap: { head: undefined, tail: undefined, input: 'x', output: 'y' },
        names: { input: 'x', output: 'y' },
        metadata: {},
        windowSamples: 4,
        dims: 4,
        fold: weights.fold,
      });
      const whole = onnx.ModelProto.decode(toBytes(joined));
      const [tensor] = whole.graph!.initializer!;
      expect(new Float32Array(Uint8Array.from(tensor!.rawData!).buffer)).toEqual(Float32Array.of(1, 2, 3, 4));
      expect(tensor!.externalData).toEqual([]);
      whole.graph!.initializer = [];
      const before = onnx.ModelProto.decode(bytes);
      before.graph!.initializer = [];
      expect(whole.toJSON()).toEqual(before.toJSON());
      expect([...weights.files]).toEqual([
        [location, createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex')],
      ]);
      weights.close();
    },
  );

  test.each([
    ['../outside.bin', 'which leaves the folder'],
    ['parts/../../outside.bin', 'which leaves the folder'],
    ['..\\outside.bin', 'which leaves the folder'],
    [join(root, 'outside.bin'), 'an absolute path'],
    ['C:\\weights.bin', 'an absolute path'],
    ['link.bin', 'through a symbolic link'],
    ['folder/outside.bin', 'through a symbolic link'],
    ['', 'names no file'],
    ['weights.bin\0', 'names no file'],
  ])('are not looked for in %j', (location, words) => {
    const error = refusal({ location, offset: '8', length: '16' });
    expect(error).toMatchObject({ code: 'CHECKPOINT_UNSAFE', message: expect.stringContaining(words) });
    expect(error.message).toContain('model.onnx: tensor "weights"');
  });

  test.each([
    [{ location: 'none.bin' }, 'CHECKPOINT_UNREADABLE', 'none.bin'],
    [{ location: 'parts' }, 'CHECKPOINT_UNREADABLE', 'parts'],
    [{ location: 'weights.bin', offset: '12' }, 'CHECKPOINT_INVALID', 'ends at 24, but tensor "weights"'],
    [{ location: 'weights.bin', length: '8' }, 'CHECKPOINT_INVALID', 'needs 16 bytes, but claims 8'],
    [{ location: 'weights.bin', offset: '-8' }, 'CHECKPOINT_INVALID', 'has offset "-8"'],
    [{ location: 'weights.bin', offset: '1e30' }, 'CHECKPOINT_INVALID', 'has offset "1e30"'],
  ])('with claims %j are refused', (entries, code, words) => {
    expect(refusal(entries)).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('may not be claimed so often that the model grows beyond what a file can hold', () => {
    const size = 2 ** 28;
    // A sparse file; none of it is read before the claims are added up.
    writeFileSync(join(dir, 'big.bin'), '');
    truncateSync(join(dir, 'big.bin'), size);
    const claims = {
      dims: [size / 4],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'big.bin' }],
    };
    const bytes = editOnnx(plain, (_model, graph) => {
      graph.initializer = Array.from({ length: 9 }, (_, i) => onnx.TensorProto.create({ name: `w${i}`, ...claims }));
    });
    expect(() => openExternalWeights(join(dir, 'model.onnx'), bytes, 'model.onnx')).toThrow(
      'model.onnx and its weights have more than 2147483647 bytes',
    );
  });
});
