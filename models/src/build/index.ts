// SPDX-License-Identifier: Apache-2.0
export { encodeModel } from './onnx/encode-model.ts';
export { createGraphBuilder, type GraphBuilder, type Value } from './onnx/graph-builder.ts';
export type { Model } from './onnx/model.ts';
export { toBytes } from './onnx/wire.ts';
export { writeModel } from './onnx/write-model.ts';
export { pannsGraph } from './spaces/panns/graph.ts';
export { CNN14, type PannsLayout } from './spaces/panns/layout.ts';
export { randomPannsWeights } from './spaces/panns/random-weights.ts';
export type { NamedTensors } from './spaces/panns/weights.ts';
