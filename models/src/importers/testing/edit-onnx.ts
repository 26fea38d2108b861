// SPDX-License-Identifier: Apache-2.0
import { onnx } from 'onnx-proto';
import { createGraphBuilder, encodeModel, type GraphBuilder, toBytes } from '../../build/index.ts';

/** A model of a few operators, as our own writer makes it. */
export function writeOnnx(build: (g: GraphBuilder) => void): Uint8Array<ArrayBuffer> {
  const g = createGraphBuilder();
  build(g);
  return new Uint8Array(toBytes(encodeModel(g.build({ name: 'small', description: 'for tests', metadata: {} }))));
}

/** The same with something changed that our writer would not write. */
export function editOnnx(
  bytes: Uint8Array,
  edit: (model: onnx.ModelProto, graph: onnx.GraphProto) => void,
): Uint8Array<ArrayBuffer> {
  const model = onnx.ModelProto.decode(bytes);
  edit(model, model.graph as onnx.GraphProto);
  return new Uint8Array(onnx.ModelProto.encode(model).finish());
}
