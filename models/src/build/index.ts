// SPDX-License-Identifier: Apache-2.0
export { encodeModel } from './onnx/encode-model.ts';
export { createGraphBuilder, type GraphBuilder, type Value } from './onnx/graph-builder.ts';
export type { Model } from './onnx/model.ts';
export { toBytes } from './onnx/wire.ts';
export { writeModel } from './onnx/write-model.ts';
export { cnn14Graph } from './spaces/cnn14/graph.ts';
export { CNN14, type Cnn14Layout } from './spaces/cnn14/layout.ts';
export { randomCnn14Weights } from './spaces/cnn14/random-weights.ts';
export type { NamedTensors } from './spaces/cnn14/weights.ts';
