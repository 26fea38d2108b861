// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { SHIPPED_CARDS_DIR } from '../../registry.ts';
import { decodeModel } from './decode-model.ts';
import { encodeModel } from './encode-model.ts';
import { WireError } from './read-wire.ts';
import { toBytes } from './wire.ts';

/** What protobufjs writes for a model of one operator and one constant. */
function foreignModel(tensor: onnx.ITensorProto, attribute: onnx.IAttributeProto[] = []): Uint8Array {
  const x = { name: 'x', type: { tensorType: { elemType: 7, shape: { dim: [{ dimParam: 'n' }, { dimValue: 2 }] } } } };
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'com.example', version: 2 },
    ],
    graph: {
      name: 'g',
      node: [{ opType: 'Odd', domain: 'com.example', name: 'n', input: ['x', 'w'], output: ['y'], attribute }],
      initializer: [{ name: 'w', ...tensor }],
      input: [x, { name: 'w' }],
      output: [{ ...x, name: 'y' }],
    },
  }).finish();
}

describe('decodeModel', () => {
  const shipped = readFileSync(join(SHIPPED_CARDS_DIR, 'spectral-1.onnx'));

  test('reads what encodeModel wrote, so that writing it again gives the same bytes', () => {
    expect(Buffer.from(toBytes(encodeModel(decodeModel(shipped)))).equals(shipped)).toBe(true);
  });

  test('keeps domains, element types and attributes that it has no form for', () => {
    const strings = { name: 'words', type: 8, strings: [Uint8Array.of(97), Uint8Array.of(98)] };
    const half = { dims: [2], dataType: 10, rawData: Uint8Array.of(0, 60, 0, 64) };
    const model = decodeModel(foreignModel(half, [strings, { name: 'axis', type: 2, i: -1 }]));
    expect(model.domains).toEqual({ 'com.example': 2 });
    expect(model.inputs).toEqual([{ name: 'x', dims: ['n', 2], elementType: 7 }]);
    expect(model.nodes[0]?.attributes.axis).toEqual({ int: -1 });
    const again = onnx.ModelProto.toObject(onnx.ModelProto.decode(toBytes(encodeModel(model))), { longs: Number });
    expect(again.graph.node[0]).toMatchObject({ domain: 'com.example', attribute: [{ strings: strings.strings }, {}] });
    expect(again.graph.initializer[0]).toMatchObject({ dataType: 10, rawData: Uint8Array.of(0, 60, 0, 64) });
  });

  test.each([
    ['float_data', { dims: [2], dataType: 1, floatData: [1.5, -2] }, Float32Array.of(1.5, -2)],
    ['int32_data', { dims: [2], dataType: 3, int32Data: [-7, 7] }, Int8Array.of(-7, 7)],
    ['int64_data', { dims: [2], dataType: 7, int64Data: [-1, 2] }, BigInt64Array.of(-1n, 2n)],
    ['raw_data', { dims: [1], dataType: 6, rawData: Uint8Array.of(255, 255, 255, 255) }, Int32Array.of(-1)],
  ])('reads constants stored as %s', (_kind, tensor, values) => {
    expect(decodeModel(foreignModel(tensor)).initializers.get('w')?.data).toEqual(values);
  });

  test.each([
    ['values that do not fill the shape', { dims: [3], dataType: 1, floatData: [1] }, 'tensor w has 4 bytes for [3]'],
    ['weights in another file', { dims: [1], dataType: 1, dataLocation: 1 }, 'tensor w lies outside the file'],
  ])('refuses %s', (_kind, tensor, message) => {
    expect(() => decodeModel(foreignModel(tensor))).toThrow(message);
  });

  test('answers cut and flipped files with a typed error or a model, nothing else', () => {
    const bytes = foreignModel({ dims: [2], dataType: 1, floatData: [1, 2] });
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0xff;
      for (const broken of [bytes.subarray(0, at), flipped]) {
        try {
          decodeModel(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }
    }
  });
});
