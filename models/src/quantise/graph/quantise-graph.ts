// SPDX-License-Identifier: Apache-2.0
import type { Model, Node, Tensor } from '../../build/onnx/model.ts';
import type { Bounds, QuantisationPlan, QuantisedLayer } from '../plan/plan-quantisation.ts';
import { quantiseWeights } from './quantise-weights.ts';

export interface QuantiseGraphOptions {
  readonly plan: QuantisationPlan;
  /** What 256 levels cover, of every value that gets a scale of its own. */
  readonly ranges: ReadonlyMap<string, Bounds>;
  /** Bits of a weight: with 7, sums of two products cannot overflow 16 bits (processors without VNNI). */
  readonly weightBits: 7 | 8;
}

interface Levels {
  /** Names of the constants. */
  readonly scale: string;
  readonly zero: string;
  readonly step: number;
}

const LEVELS = 255;

/** u8 levels for a range with zero inside; the step as ONNX Runtime sees it, in 32 bits. */
export function levelsOf({ low, high }: Bounds): { readonly step: number; readonly zeroPoint: number } {
  const step = Math.fround((high - low) / LEVELS) || 1;
  return { step, zeroPoint: Math.min(LEVELS, Math.max(0, Math.round(-low / step))) };
}

const operator = (op: string, name: string, inputs: readonly string[], attributes: Node['attributes'] = {}): Node => ({
  op,
  name: `${name}/${op}`,
  inputs,
  outputs: [name],
  attributes,
});

/** Rewrites one model: constants and nodes are collected here. */
interface Rewrite {
  readonly options: QuantiseGraphOptions;
  readonly source: Model;
  readonly initializers: Map<string, Tensor>;
  readonly nodes: Node[];
  readonly levels: Map<string, Levels>;
}

/** Levels of a value; those of the value it was moved from where it has none of its own. */
function levelsFor(rewrite: Rewrite, value: string): Levels {
  const known = rewrite.levels.get(value);
  if (known) return known;
  const moved = rewrite.options.plan.values.get(value)?.scaleOf;
  const levels = moved === undefined ? addLevels(rewrite, value) : levelsFor(rewrite, moved);
  rewrite.levels.set(value, levels);
  return levels;
}

function addLevels({ options, initializers }: Rewrite, value: string): Levels {
  const range = options.ranges.get(value);
  if (!range) throw new Error(`no range is known of ${value}`);
  const { step, zeroPoint } = levelsOf(range);
  const [scale, zero] = [`${value}/scale`, `${value}/zero`];
  initializers.set(scale, { dims: [], data: Float32Array.of(step) });
  initializers.set(zero, { dims: [], data: Uint8Array.of(zeroPoint) });
  return { scale, zero, step };
}

/** To 8 bits and back: ONNX Runtime fuses what stands between such pairs into its 8-bit kernels. */
function addPair(rewrite: Rewrite, [from, to]: readonly [string, string], { scale, zero }: Levels): void {
  rewrite.nodes.push(
    operator('QuantizeLinear', `${to}/narrow`, [from, scale, zero]),
    operator('DequantizeLinear', to, [`${to}/narrow`, scale, zero]),
  );
}

/** Name under which 8-bit readers find a value. */
const narrowName = ({ values }: QuantisationPlan, value: string): string =>
  values.get(value)?.isFromFloat ? `${value}/near` : value;

/** Weights and bias of a layer as constants, with the nodes that turn them back; names of what the layer then reads. */
function addWeights(rewrite: Rewrite, layer: QuantisedLayer): readonly string[] {
  const { source, initializers, nodes, options } = rewrite;
  const { node, data, axis } = layer;
  const weights = source.initializers.get(layer.weights);
  const added = layer.bias === undefined ? undefined : (source.initializers.get(layer.bias)?.data as Float32Array);
  if (!weights) throw new Error(`${layer.weights} is not a constant`);
  const inputScale = levelsFor(rewrite, data).step;
  const largest = 2 ** (options.weightBits - 1) - 1;
  const { values, scales, bias } = quantiseWeights(weights, { axis, largest, inputScale, bias: added });
  const name = `${node.outputs[0]}/weights`;
  initializers.set(`${name}/values`, { dims: weights.dims, data: values });
  initializers.set(`${name}/scales`, { dims: [scales.length], data: scales });
  initializers.set(`${name}/zeros`, { dims: [scales.length], data: new Int8Array(scales.length) });
  nodes.push(
    operator('DequantizeLinear', name, [`${name}/values`, `${name}/scales`, `${name}/zeros`], { axis: { int: axis } }),
  );
  if (!bias) return [name];
  const biasName = `${node.outputs[0]}/bias`;
  const units = scales.map((scale) => Math.fround(scale * inputScale));
  initializers.set(`${biasName}/values`, { dims: [bias.length], data: bias });
  initializers.set(`${biasName}/scales`, { dims: [units.length], data: units });
  nodes.push(
    operator('DequantizeLinear', biasName, [`${biasName}/values`, `${biasName}/scales`], { axis: { int: 0 } }),
  );
  return [name, biasName];
}

function addLayer(rewrite: Rewrite, layer: QuantisedLayer): void {
  const { plan } = rewrite.options;
  const { node, data, output } = layer;
  const inputs = [narrowName(plan, data), ...addWeights(rewrite, layer)];
  if (!plan.values.has(output)) {
    rewrite.nodes.push({ ...node, inputs });
    return;
  }
  rewrite.nodes.push({ ...node, inputs, outputs: [`${output}/exact`] });
  addPair(rewrite, [`${output}/exact`, output], levelsFor(rewrite, output));
}

function addCarrier(rewrite: Rewrite, node: Node): void {
  const { plan } = rewrite.options;
  const output = node.outputs[0] ?? '';
  const inputs = node.inputs.map((input) => narrowName(plan, input));
  rewrite.nodes.push({ ...node, inputs, outputs: [`${output}/exact`] });
  addPair(rewrite, [`${output}/exact`, output], levelsFor(rewrite, output));
}

/** Pairs for those of the values that 32-bit nodes (or the caller) make and 8-bit nodes read. */
function narrowFloats(rewrite: Rewrite, names: readonly string[]): void {
  for (const name of names)
    if (rewrite.options.plan.values.get(name)?.isFromFloat)
      addPair(rewrite, [name, narrowName(rewrite.options.plan, name)], levelsFor(rewrite, name));
}

/** Constants that the new nodes still read. */
function usedInitializers({ initializers, nodes }: Rewrite): ReadonlyMap<string, Tensor> {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return new Map([...initializers].filter(([name]) => used.has(name)));
}

/**
 * A model whose planned layers compute in 8 bits: u8 data with one scale a value, symmetric s8 weights with one scale an
 * output, s32 bias, in the form with QuantizeLinear and DequantizeLinear around 32-bit operators. Every other constant and
 * node is taken over as it is.
 */
export function quantiseGraph(source: Model, options: QuantiseGraphOptions): Model {
  const rewrite: Rewrite = {
    ...{ options, source, nodes: [], levels: new Map() },
    initializers: new Map(source.initializers),
  };
  const { layers, carriers, leftOut } = options.plan;
  narrowFloats(
    rewrite,
    source.inputs.map(({ name }) => name),
  );
  for (const node of source.nodes) {
    const layer = layers.get(node);
    if (layer) addLayer(rewrite, layer);
    else if (carriers.has(node)) addCarrier(rewrite, node);
    else if (!leftOut.has(node)) rewrite.nodes.push(node);
    narrowFloats(rewrite, node.outputs);
  }
  return { ...source, nodes: rewrite.nodes, initializers: usedInitializers(rewrite) };
}
