// SPDX-License-Identifier: Apache-2.0
import { decodeTensor } from './decode-tensor.ts';
import type { Attribute, Model, Node, Tensor, ValueInfo } from './model.ts';
import { bytesOf, type Field, integerOf, integersOf, readMessage, textOf, WireError } from './read-wire.ts';

const FLOAT_ELEMENTS = 1;
const ATTRIBUTE = { float: 1, int: 2, text: 3, ints: 7 } as const;

function floatOf(field: Field): number {
  const { buffer, byteOffset, byteLength } = bytesOf(field);
  if (byteLength !== 4) throw new WireError('an attribute that should be a number is none');
  return new DataView(buffer, byteOffset).getFloat32(0, true);
}

function decodeAttribute(bytes: Uint8Array): readonly [string, Attribute] {
  let [name, type]: [string, number] = ['', 0];
  let value: Attribute | undefined;
  const ints: number[] = [];
  readMessage(bytes, {
    1: (field) => (name = textOf(field)),
    2: (field) => (value = { float: floatOf(field) }),
    3: (field) => (value = { int: integerOf(field) }),
    4: (field) => (value = { text: textOf(field) }),
    8: (field) => ints.push(...integersOf(field).map((v) => Number(BigInt.asIntN(64, v)))),
    20: (field) => (type = integerOf(field)),
  });
  if (type === ATTRIBUTE.ints) return [name, { ints }];
  const isKnown = type === ATTRIBUTE.float || type === ATTRIBUTE.int || type === ATTRIBUTE.text;
  return [name, isKnown && value ? value : { encoded: new Uint8Array(bytes) }];
}

function decodeNode(bytes: Uint8Array): Node {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  let [name, op, domain] = ['', '', ''];
  const attributes: [string, Attribute][] = [];
  readMessage(bytes, {
    1: (field) => inputs.push(textOf(field)),
    2: (field) => outputs.push(textOf(field)),
    3: (field) => (name = textOf(field)),
    4: (field) => (op = textOf(field)),
    5: (field) => attributes.push([...decodeAttribute(bytesOf(field))]),
    7: (field) => (domain = textOf(field)),
  });
  return { op, name, inputs, outputs, attributes: Object.fromEntries(attributes), ...(domain ? { domain } : {}) };
}

function decodeShape(bytes: Uint8Array): (number | string)[] {
  const dims: (number | string)[] = [];
  readMessage(bytes, {
    1: (field) => {
      let dim: number | string = '';
      readMessage(bytesOf(field), { 1: (value) => (dim = integerOf(value)), 2: (value) => (dim = textOf(value)) });
      dims.push(dim);
    },
  });
  return dims;
}

function decodeValueInfo(bytes: Uint8Array): ValueInfo {
  let [name, elementType]: [string, number] = ['', FLOAT_ELEMENTS];
  let dims: (number | string)[] | undefined;
  const readTensorType = (field: Field): void =>
    readMessage(bytesOf(field), {
      1: (value) => (elementType = integerOf(value)),
      2: (value) => (dims = decodeShape(bytesOf(value))),
    });
  readMessage(bytes, {
    1: (field) => (name = textOf(field)),
    2: (field) => readMessage(bytesOf(field), { 1: readTensorType }),
  });
  return { name, dims, ...(elementType === FLOAT_ELEMENTS ? {} : { elementType }) };
}

type Graph = Pick<Model, 'name' | 'nodes' | 'inputs' | 'outputs' | 'initializers'>;

function decodeGraph(bytes: Uint8Array): Graph {
  const nodes: Node[] = [];
  const [inputs, outputs]: [ValueInfo[], ValueInfo[]] = [[], []];
  const initializers = new Map<string, Tensor>();
  let name = '';
  readMessage(bytes, {
    1: (field) => nodes.push(decodeNode(bytesOf(field))),
    2: (field) => (name = textOf(field)),
    5: (field) => initializers.set(...decodeTensor(bytesOf(field))),
    11: (field) => inputs.push(decodeValueInfo(bytesOf(field))),
    12: (field) => outputs.push(decodeValueInfo(bytesOf(field))),
    15: () => {
      throw new WireError('sparse constants are not supported');
    },
  });
  // Models before IR version 4 list constants among the inputs as well.
  return { name, nodes, inputs: inputs.filter((input) => !initializers.has(input.name)), outputs, initializers };
}

interface OperatorSet {
  readonly domain: string;
  readonly version: number;
}

function decodeOperatorSet(bytes: Uint8Array): OperatorSet {
  let [domain, version]: [string, number] = ['', 0];
  readMessage(bytes, { 1: (field) => (domain = textOf(field)), 2: (field) => (version = integerOf(field)) });
  return { domain: domain === 'ai.onnx' ? '' : domain, version };
}

function decodeMetadata(bytes: Uint8Array): [string, string] {
  let [key, value] = ['', ''];
  readMessage(bytes, { 1: (field) => (key = textOf(field)), 2: (field) => (value = textOf(field)) });
  return [key, value];
}

/**
 * ONNX ModelProto → model. Attributes and element types without a form of their own are carried as they are; value_info
 * and doc strings inside the graph are left out.
 * @throws WireError when the bytes are no such message, or use functions, sparse constants or weights in other files
 */
export function decodeModel(bytes: Uint8Array): Model {
  let graph: Graph | undefined;
  let description = '';
  const sets: OperatorSet[] = [];
  const metadata: [string, string][] = [];
  readMessage(bytes, {
    6: (field) => (description = textOf(field)),
    7: (field) => (graph = decodeGraph(bytesOf(field))),
    8: (field) => sets.push(decodeOperatorSet(bytesOf(field))),
    14: (field) => metadata.push(decodeMetadata(bytesOf(field))),
    25: () => {
      throw new WireError('functions inside the model are not supported');
    },
  });
  const opset = sets.find(({ domain }) => domain === '')?.version;
  if (!graph || !opset) throw new WireError('there is no graph, or no operator set');
  const others = sets.filter(({ domain }) => domain !== '').map(({ domain, version }) => [domain, version]);
  const domains = others.length > 0 ? { domains: Object.fromEntries(others) } : {};
  // TypeScript does not see the assignment inside a reader.
  return { ...(graph as Graph), description, opset, metadata: Object.fromEntries(metadata), ...domains };
}
