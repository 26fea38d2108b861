// SPDX-License-Identifier: Apache-2.0
import { onnx } from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { encodeModel } from './encode-model.ts';
import { createGraphBuilder } from './graph-builder.ts';
import { toBytes } from './wire.ts';

function sampleModel() {
  const g = createGraphBuilder();
  const x = g.input('x', ['batch', 3]);
  const weights = g.floats('weights', [3, 2], [1, -2.5, 3e-8, 4, 5, 6]);
  const product = g.op('Gemm', [x, weights], { alpha: { float: 0.5 }, transB: { int: 0 } });
  const [first, second] = g.multi('Split', [product], { axis: { int: -1 } }, 2);
  const padded = g.op('Pad', [g.op('Add', [first!, second!]), g.integers('pads', [0, 1, 0, -1])], {
    mode: { text: 'reflect' },
  });
  g.output('y', g.op('ReduceMax', [padded], { axes: { ints: [1, 300] }, keepdims: { int: 1 } }), ['batch', 1]);
  return g.build({ name: 'sample', description: 'Größe', metadata: { sample_rate: '32000', licence: 'Apache-2.0' } });
}

describe('encodeModel', () => {
  const bytes = toBytes(encodeModel(sampleModel()));

  test('writes the very bytes that protobufjs writes with the ONNX schema', () => {
    const again = onnx.ModelProto.encode(onnx.ModelProto.decode(bytes)).finish();
    expect(Buffer.from(bytes).equals(Buffer.from(again))).toBe(true);
  });

  test('carries names, opset, metadata, attributes and weights', () => {
    const model = onnx.ModelProto.toObject(onnx.ModelProto.decode(bytes), { longs: Number, enums: String });
    expect(model.opsetImport).toEqual([{ domain: '', version: 17 }]);
    expect(model.metadataProps).toEqual([
      { key: 'licence', value: 'Apache-2.0' },
      { key: 'sample_rate', value: '32000' },
    ]);
    expect(model.docString).toBe('Größe');
    expect(model.graph.node.map((node: { opType: string }) => node.opType)).toEqual([
      'Gemm',
      'Split',
      'Add',
      'Pad',
      'ReduceMax',
      'Identity',
    ]);
    expect(model.graph.node[1].attribute).toEqual([{ name: 'axis', i: -1, type: 'INT' }]);
    expect(model.graph.initializer[1]).toMatchObject({ name: 'pads', dims: [4], dataType: 7 });
    expect(model.graph.input[0].type.tensorType.shape.dim).toEqual([{ dimParam: 'batch' }, { dimValue: 3 }]);
  });

  test('gives equal bytes for equal models', () => {
    expect(Buffer.from(toBytes(encodeModel(sampleModel()))).equals(Buffer.from(bytes))).toBe(true);
  });

  test('carries weights by reference, in one chunk', () => {
    const model = sampleModel();
    const weights = model.initializers.get('weights')!;
    const chunk = encodeModel(model).chunks.find((part) => part.buffer === weights.data.buffer);
    expect(chunk?.byteLength).toBe(24);
  });

  test('refuses an initializer whose values do not fill its shape', () => {
    const g = createGraphBuilder();
    g.floats('short', [2, 2], [1, 2, 3]);
    const model = g.build({ name: 'x', description: '', metadata: {} });
    expect(() => encodeModel(model)).toThrow('initializer short: 3 values for [2,2]');
  });
});
