// SPDX-License-Identifier: Apache-2.0
import type { Model, Node } from '../../build/onnx/model.ts';
import { findLayers, type Layer } from './find-layers.ts';
import { type GraphIndex, indexGraph } from './graph-index.ts';

/** Smallest and largest number that a value can have. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** A value that passes from node to node as 8-bit numbers. */
export interface NarrowValue {
  readonly name: string;
  /** Whether its producer computes in 32 bits, so that 32-bit readers can have the value as it is. */
  readonly isFromFloat: boolean;
  /** What a left-out activation would cut it to; saturation does the same for nothing. */
  readonly bounds: Bounds;
  /** Value whose scale it takes over, because its producer only moves numbers about. */
  readonly scaleOf: string | undefined;
}

export interface QuantisedLayer extends Layer {
  /** Value that it writes: that of the activation behind it where this is left out. */
  readonly output: string;
}

export interface QuantisationPlan {
  readonly layers: ReadonlyMap<Node, QuantisedLayer>;
  /** Nodes without weights that work on 8-bit numbers too. */
  readonly carriers: ReadonlySet<Node>;
  /** Activations that saturation makes superfluous. */
  readonly leftOut: ReadonlySet<Node>;
  readonly values: ReadonlyMap<string, NarrowValue>;
}

const UNBOUNDED: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** Operators with 8-bit kernels that compute new numbers, and those that only move them. */
const COMPUTING: ReadonlySet<string> = new Set(['AveragePool', 'GlobalAveragePool', 'Add', 'Concat']);
const MOVING: ReadonlySet<string> = new Set(['MaxPool', 'Reshape', 'Transpose', 'Flatten', 'Squeeze', 'Unsqueeze']);

/** Values that a carrier works on; the rest of a moving operator's inputs are shapes and axes. */
const dataInputs = (node: Node): readonly string[] => (MOVING.has(node.op) ? node.inputs.slice(0, 1) : node.inputs);

const isCarrier = (node: Node): boolean =>
  !node.domain && node.outputs.length === 1 && (COMPUTING.has(node.op) || MOVING.has(node.op));

/** What an activation cuts its input to; undefined when it does more than that, or zero lies outside. */
function boundsOf(node: Node, { initializers }: Model): Bounds | undefined {
  if (node.op === 'Relu') return { ...UNBOUNDED, low: 0 };
  if (node.op !== 'Clip') return undefined;
  const limit = (input: number, name: string, otherwise: number): number | undefined => {
    const attribute = node.attributes[name];
    if (attribute && 'float' in attribute) return attribute.float;
    const constant = node.inputs[input];
    if (!constant) return otherwise;
    const value = initializers.get(constant)?.data[0];
    return typeof value === 'number' ? value : undefined;
  };
  const low = limit(1, 'min', UNBOUNDED.low);
  const high = limit(2, 'max', UNBOUNDED.high);
  return low !== undefined && high !== undefined && low <= 0 && high >= 0 && low < high ? { low, high } : undefined;
}

interface Parts {
  readonly model: Model;
  readonly index: GraphIndex;
  readonly layers: ReadonlyMap<Node, Layer>;
}

/** Whether someone reads a value as 8-bit numbers, at once or behind carriers. */
function createDemand({ index, layers }: Parts): (value: string) => boolean {
  const known = new Map<string, boolean>();
  const isWanted = (value: string): boolean => {
    const earlier = known.get(value);
    if (earlier !== undefined) return earlier;
    const wanted = index
      .consumers(value)
      .some((node) => layers.get(node)?.data === value || (isCarrier(node) && isWanted(node.outputs[0] ?? '')));
    known.set(value, wanted);
    return wanted;
  };
  return isWanted;
}

interface WrittenValue {
  readonly output: string;
  readonly bounds: Bounds;
  /** The activation that is left out. */
  readonly activation: Node | undefined;
}

/** Follows a layer to the value it writes, through an activation that nobody else looks behind. */
function writtenValue({ node }: Layer, { model, index }: Parts): WrittenValue {
  const plain = node.outputs[0] ?? '';
  const [reader, ...others] = index.consumers(plain);
  const isSeen = others.length > 0 || model.outputs.some(({ name }) => name === plain);
  const bounds = reader && !isSeen && reader.inputs[0] === plain ? boundsOf(reader, model) : undefined;
  return bounds
    ? { output: reader?.outputs[0] ?? '', bounds, activation: reader }
    : { output: plain, bounds: UNBOUNDED, activation: undefined };
}

/**
 * Decides which values pass as 8-bit numbers: what the layers read and write, and what pooling, sums and moves in between
 * make of it. A convolution always writes 8 bits (there is no kernel that does not); a matrix product only where the next
 * reader takes them.
 * @param output name of the graph output that holds the vector
 */
export function planQuantisation(model: Model, output: string): QuantisationPlan {
  const index = indexGraph(model);
  const parts: Parts = { model, index, layers: findLayers(model, index, output) };
  const isWanted = createDemand(parts);
  const layers = new Map<Node, QuantisedLayer>();
  const carriers = new Set<Node>();
  const leftOut = new Set<Node>();
  const values = new Map<string, NarrowValue>();

  const addLayer = (layer: Layer): void => {
    const { data, node } = layer;
    if (!values.has(data)) values.set(data, { name: data, isFromFloat: true, bounds: UNBOUNDED, scaleOf: undefined });
    const { output: name, bounds, activation } = writtenValue(layer, parts);
    const isNarrow = node.op === 'Conv' || isWanted(name);
    layers.set(node, { ...layer, output: isNarrow ? name : (node.outputs[0] ?? '') });
    if (!isNarrow) return;
    values.set(name, { name, isFromFloat: false, bounds, scaleOf: undefined });
    if (activation) leftOut.add(activation);
  };
  const addCarrier = (node: Node): void => {
    const inputs = dataInputs(node);
    const name = node.outputs[0] ?? '';
    if (!inputs.every((input) => values.has(input)) || !isWanted(name)) return;
    carriers.add(node);
    const scaleOf = MOVING.has(node.op) ? inputs[0] : undefined;
    values.set(name, { name, isFromFloat: false, bounds: UNBOUNDED, scaleOf });
  };
  for (const node of model.nodes) {
    const layer = parts.layers.get(node);
    if (layer) addLayer(layer);
    else if (isCarrier(node)) addCarrier(node);
  }
  return { layers, carriers, leftOut, values };
}
