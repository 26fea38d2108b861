// SPDX-License-Identifier: Apache-2.0
import type { Attribute, Model, Node, Tensor, ValueInfo } from './model.ts';

/** Reference to a tensor of the graph being built. */
export type Value = string & { readonly __value: unique symbol };

export interface GraphBuilder {
  /** Declares a float32 input. */
  input(name: string, dims: readonly (number | string)[]): Value;
  /** Declares an int64 input. */
  integerInput(name: string, dims: readonly (number | string)[]): Value;
  /** Float32 constant; equal names are refused. A Float32Array is not copied: networks have hundreds of MB. */
  floats(name: string, dims: readonly number[], data: ArrayLike<number>): Value;
  /** Int64 vector, for shapes, axes and indices. */
  integers(name: string, data: readonly number[]): Value;
  /** Float32 scalar, shared between equal values. */
  scalar(value: number): Value;
  /** Appends an operator with one output. */
  op(op: string, inputs: readonly Value[], attributes?: Readonly<Record<string, Attribute>>): Value;
  /** Appends an operator with several outputs. */
  multi(
    op: string,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
  ): Value[];
  /** Declares a float32 output, renaming `value`. */
  output(name: string, value: Value, dims: readonly (number | string)[]): void;
  build(words: { name: string; description: string; metadata: Readonly<Record<string, string>> }): Model;
}

const OPSET = 17;
/** ONNX number of the element type. */
const INT64 = 7;

/** Collects nodes in execution order; values are named after their operator and position, so bytes are deterministic. */
export function createGraphBuilder(): GraphBuilder {
  const nodes: Node[] = [];
  const initializers = new Map<string, Tensor>();
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];

  const addInitializer = (name: string, tensor: Tensor): Value => {
    if (initializers.has(name)) throw new Error(`initializer ${name} is defined twice`);
    initializers.set(name, tensor);
    return name as Value;
  };
  const multi: GraphBuilder['multi'] = (op, ins, attributes, count) => {
    const name = `${op.toLowerCase()}_${nodes.length}`;
    const outs = Array.from({ length: count }, (_, i) => (count === 1 ? name : `${name}_${i}`) as Value);
    nodes.push({ op, name, inputs: ins, outputs: outs, attributes });
    return outs;
  };

  return {
    input: (name, dims) => {
      inputs.push({ name, dims });
      return name as Value;
    },
    integerInput: (name, dims) => {
      inputs.push({ name, elementType: INT64, dims });
      return name as Value;
    },
    floats: (name, dims, data) =>
      addInitializer(name, { dims, data: data instanceof Float32Array ? data : Float32Array.from(data) }),
    integers: (name, data) => addInitializer(name, { dims: [data.length], data: BigInt64Array.from(data.map(BigInt)) }),
    scalar: (value) => {
      const name = `scalar_${value}`;
      return initializers.has(name)
        ? (name as Value)
        : addInitializer(name, { dims: [], data: Float32Array.of(value) });
    },
    op: (op, ins, attributes = {}) => multi(op, ins, attributes, 1)[0] as Value,
    multi,
    output: (name, value, dims) => {
      nodes.push({ op: 'Identity', name, inputs: [value], outputs: [name], attributes: {} });
      outputs.push({ name, dims });
    },
    build: (words) => ({ ...words, opset: OPSET, inputs, outputs, nodes, initializers }),
  };
}
