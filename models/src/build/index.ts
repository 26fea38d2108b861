// SPDX-License-Identifier: Apache-2.0
export { encodeModel } from './onnx/encode-model.ts';
export { createGraphBuilder, type GraphBuilder, type Value } from './onnx/graph-builder.ts';
export type { Model } from './onnx/model.ts';
export { toBytes } from './onnx/wire.ts';
