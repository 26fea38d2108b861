// SPDX-License-Identifier: Apache-2.0
import type { Model, Node } from '../../build/onnx/model.ts';

/** Who makes and who reads each value of a graph. */
export interface GraphIndex {
  readonly producer: ReadonlyMap<string, Node>;
  /** Nodes that read a value, in the order of the graph. */
  consumers(value: string): readonly Node[];
  /** A node's ancestors, without itself. */
  ancestors(node: Node): ReadonlySet<Node>;
}

export function indexGraph(model: Model): GraphIndex {
  const producer = new Map<string, Node>();
  const readers = new Map<string, Node[]>();
  for (const node of model.nodes) {
    for (const output of node.outputs) producer.set(output, node);
    for (const input of new Set(node.inputs)) {
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  }
  const ancestors = (node: Node): ReadonlySet<Node> => {
    const found = new Set<Node>();
    const waiting = [...node.inputs];
    for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
      const maker = producer.get(value);
      if (!maker || found.has(maker)) continue;
      found.add(maker);
      waiting.push(...maker.inputs);
    }
    return found;
  };
  return { producer, consumers: (value) => readers.get(value) ?? [], ancestors };
}
