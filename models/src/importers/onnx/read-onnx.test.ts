// SPDX-License-Identifier: Apache-2.0
import { onnx } from 'onnx-proto';
import { describe, expect, test } from 'vitest';
import { ImportError } from '../import-error.ts';
import { editOnnx, writeOnnx } from '../testing/edit-onnx.ts';
import { readOnnx } from './read-onnx.ts';

const plain = writeOnnx((g) => {
  const x = g.input('x', ['batch', 6]);
  const scaled = g.op('Mul', [x, g.floats('weights', [6], [1, 2, 3, 4, 5, 6])]);
  const cut = g.op('Reshape', [scaled, g.integers('shape', [0, 2, 3])]);
  g.output('y', g.op('ReduceMean', [cut], { axes: { ints: [2] }, keepdims: { int: 0 } }), ['batch', 2]);
});
const read = (bytes: Uint8Array) => readOnnx(bytes, 'model.onnx');

function refusal(bytes: Uint8Array): ImportError {
  try {
    read(bytes);
  } catch (error) {
    if (error instanceof ImportError) return error;
    throw error;
  }
  return expect.fail('it was read');
}

const edited = (edit: Parameters<typeof editOnnx>[1]): ImportError => refusal(editOnnx(plain, edit));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** A graph in an attribute of a node of a graph, and so on. */
function nest(depth: number): onnx.GraphProto {
  let graph = onnx.GraphProto.create({ name: 'innermost' });
  for (let i = 0; i < depth; i++)
    graph = onnx.GraphProto.create({ node: [{ opType: 'If', attribute: [{ name: 'then_branch', g: graph }] }] });
  return graph;
}

describe('readOnnx', () => {
  test('knows inputs, outputs, inner values, operator set and precision', () => {
    expect(read(plain)).toMatchObject({
      irVersion: 8,
      opset: 17,
      inputs: [{ name: 'x', type: 1, dims: ['batch', 6] }],
      outputs: [{ name: 'y', type: 1, dims: ['batch', 2] }],
      precision: 'fp32',
    });
    expect([...read(plain).computed]).toContain('reshape_1');
  });

  test('does not take constants for inputs, which they were in old files', () => {
    const old = editOnnx(plain, (model, graph) => {
      model.irVersion = 3;
      graph.input?.push({ name: 'weights' });
    });
    expect(read(old).inputs.map(({ name }) => name)).toEqual(['x']);
  });

  test.each([
    ['a web page', text('<!DOCTYPE html><html><body>404</body></html>'), 'web page'],
    ['a pointer of Git LFS', text('version https://git-lfs.github.com/spec/v1\noid sha256:00\n'), 'Git LFS'],
    ['a zip file', text('PK\u0003\u0004 and so on'), 'zip file'],
    ['a TensorFlow Lite model', text('\u001c\0\0\0TFL3'), 'TensorFlow Lite'],
    ['an empty file', new Uint8Array(0), 'empty'],
    ['text', text('Lorem ipsum dolor sit amet'), 'offset'],
    ['zeros', new Uint8Array(100), 'offset 0'],
    ['a message without a graph', Uint8Array.of(8, 8), 'no graph'],
  ])('refuses %s', (_name, bytes, words) => {
    const error = refusal(bytes);
    expect(error).toMatchObject({ code: 'CHECKPOINT_INVALID', message: expect.stringContaining(words) });
    expect(error.message).toContain('model.onnx');
  });

  test('names the tensor whose sizes and bytes disagree', () => {
    const claim = (dims: number[], dataType = 1): string =>
      edited((_model, graph) => Object.assign(graph.initializer![0]!, { dims, dataType })).message;
    expect(claim([7])).toBe('model.onnx: tensor "weights" claims float32 [7], which are 28 bytes, but has 24');
    expect(claim([6], 11)).toContain('float64 [6], which are 48 bytes');
    expect(claim([-6])).toContain('claims sizes [-6]');
    expect(claim([2 ** 40, 2 ** 40])).toContain('claims sizes');
    expect(claim(Array(65).fill(1))).toContain('more than 64 dimensions');
  });

  test('refuses old operator sets, two graphs, and graphs nested too deep', () => {
    expect(edited((model) => Object.assign(model.opsetImport![0]!, { version: 9 }))).toMatchObject({
      code: 'GRAPH_UNSUPPORTED',
      message: expect.stringContaining('version 9'),
    });
    expect(refusal(new Uint8Array([...plain, ...plain])).message).toBe('model.onnx has two graphs');
    expect(edited((model) => Object.assign(model, { graph: nest(40) })).message).toContain('nested more than');
  });

  test('refuses a file cut anywhere, naming the offset', () => {
    for (let length = 1; length < plain.length - 12; length += 3) {
      const error = refusal(plain.slice(0, length));
      expect(error.message).toMatch(/model\.onnx(, offset \d+:| is no ONNX model| is made for version 0)/);
    }
  });

  test('mutated at will it is read or refused, and nothing else', () => {
    let state = 1;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let i = 0; i < 2000; i++) {
      const bytes = plain.slice();
      for (let n = 1 + random(4); n > 0; n--) bytes[random(bytes.length)] = random(256);
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
      }
    }
  });
});
