// SPDX-License-Identifier: Apache-2.0
import type { Model, Node, Tensor } from '../../build/onnx/model.ts';
import { findFrontEnd } from './find-front-end.ts';
import type { GraphIndex } from './graph-index.ts';

/** A node with learned weights that 8 bits can compute. */
export interface Layer {
  readonly node: Node;
  /** The value that it works on. */
  readonly data: string;
  /** Constant of its weights. */
  readonly weights: string;
  /** Dimension of the weights that counts the outputs: each has a scale of its own. */
  readonly axis: number;
  /** Constant that is added; undefined when there is none. */
  readonly bias: string | undefined;
}

const integer = (node: Node, name: string, otherwise: number): number => {
  const attribute = node.attributes[name];
  return attribute && 'int' in attribute ? attribute.int : otherwise;
};
const isOne = (node: Node, name: string): boolean => {
  const attribute = node.attributes[name];
  return attribute === undefined || ('float' in attribute && attribute.float === 1);
};

/** Dimension of the outputs in the weights of an operator that 8 bits can compute; undefined for any other node. */
function outputAxis(node: Node, weights: Tensor): number | undefined {
  if (node.op === 'Conv') return 0;
  if (weights.dims.length !== 2) return undefined;
  if (node.op === 'MatMul') return 1;
  const isPlain = node.op === 'Gemm' && isOne(node, 'alpha') && isOne(node, 'beta') && integer(node, 'transA', 0) === 0;
  return isPlain ? 1 - integer(node, 'transB', 0) : undefined;
}

function layerOf(node: Node, { initializers }: Model): Layer | undefined {
  const [data = '', weights = '', bias] = node.inputs;
  const tensor = initializers.get(weights);
  if (node.domain || !(tensor?.data instanceof Float32Array) || initializers.has(data)) return undefined;
  const axis = outputAxis(node, tensor);
  if (axis === undefined) return undefined;
  if (!bias) return { node, data, weights, axis, bias: undefined };
  const added = initializers.get(bias);
  const isByOutput = added?.data instanceof Float32Array && added.data.length === tensor.dims[axis];
  return isByOutput ? { node, data, weights, axis, bias } : undefined;
}

/**
 * The layers that become 8 bits wide: Conv, Gemm and MatMul with constant weights on the way to the vector, behind the
 * front-end. What only leads to other outputs (probabilities of classes) stays as it is. A graph without a spectrogram
 * keeps its first layers, which see the waveform.
 * @param output name of the graph output that holds the vector
 */
export function findLayers(model: Model, index: GraphIndex, output: string): ReadonlyMap<Node, Layer> {
  const last = index.producer.get(output);
  const onTheWay = new Set(last ? [last, ...index.ancestors(last)] : []);
  const frontEnd = findFrontEnd(model, index);
  const candidates = model.nodes
    .filter((node) => onTheWay.has(node) && !frontEnd.has(node))
    .map((node) => layerOf(node, model))
    .filter((layer) => layer !== undefined);
  const nodes = new Set(candidates.map(({ node }) => node));
  const isFirst = ({ node }: Layer): boolean => ![...index.ancestors(node)].some((ancestor) => nodes.has(ancestor));
  const layers = frontEnd.size > 0 ? candidates : candidates.filter((layer) => !isFirst(layer));
  return new Map(layers.map((layer) => [layer.node, layer]));
}
