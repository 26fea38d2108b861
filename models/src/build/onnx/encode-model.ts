// SPDX-License-Identifier: Apache-2.0
import type { Attribute, Model, Node, Tensor, ValueInfo } from './model.ts';
import {
  bytesField,
  concat,
  type Encoded,
  floatField,
  integerField,
  messageField,
  packedIntegers,
  stringField,
} from './wire.ts';

/** Field numbers below are those of onnx.proto (IR version 8, ONNX 1.10 and later). */
const IR_VERSION = 8;
const ATTRIBUTE_TYPE = { float: 1, int: 2, text: 3, ints: 7 } as const;
const FLOAT = 1;
const UINT8 = 2;
const INT8 = 3;
const INT32 = 6;
const INT64 = 7;

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function encodeAttribute(name: string, attribute: Attribute): Encoded {
  if ('encoded' in attribute) return { byteLength: attribute.encoded.byteLength, chunks: [attribute.encoded] };
  const head = stringField(1, name);
  if ('float' in attribute)
    return concat([head, floatField(2, attribute.float), integerField(20, ATTRIBUTE_TYPE.float)]);
  if ('int' in attribute) return concat([head, integerField(3, attribute.int), integerField(20, ATTRIBUTE_TYPE.int)]);
  if ('text' in attribute) return concat([head, stringField(4, attribute.text), integerField(20, ATTRIBUTE_TYPE.text)]);
  return concat([head, packedIntegers(8, attribute.ints), integerField(20, ATTRIBUTE_TYPE.ints)]);
}

export function encodeNode(node: Node): Encoded {
  return concat([
    ...node.inputs.map((name) => stringField(1, name)),
    ...node.outputs.map((name) => stringField(2, name)),
    stringField(3, node.name),
    stringField(4, node.op),
    ...Object.entries(node.attributes).map(([name, attribute]) => messageField(5, encodeAttribute(name, attribute))),
    ...(node.domain ? [stringField(7, node.domain)] : []),
  ]);
}

function elementTypeOf({ data, elementType }: Tensor): number {
  if (elementType !== undefined) return elementType;
  if (data instanceof Float32Array) return FLOAT;
  if (data instanceof Int8Array) return INT8;
  if (data instanceof Int32Array) return INT32;
  return data instanceof Uint8Array ? UINT8 : INT64;
}

export function encodeTensor(name: string, tensor: Tensor): Encoded {
  const { dims, data } = tensor;
  if (!IS_LITTLE_ENDIAN) throw new Error('ONNX weights are little-endian; this machine is not');
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (tensor.elementType === undefined && elements !== data.length)
    throw new Error(`initializer ${name}: ${data.length} values for [${dims}]`);
  return concat([
    packedIntegers(1, dims),
    integerField(2, elementTypeOf(tensor)),
    stringField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

export function encodeValueInfo({ name, dims, elementType = FLOAT }: ValueInfo): Encoded {
  const sizes = dims?.map((dim) =>
    messageField(1, typeof dim === 'number' ? integerField(1, dim) : stringField(2, dim)),
  );
  const tensorType = concat([integerField(1, elementType), ...(sizes ? [messageField(2, concat(sizes))] : [])]);
  return concat([stringField(1, name), messageField(2, messageField(1, tensorType))]);
}

function encodeGraph(model: Model): Encoded {
  return concat([
    ...model.nodes.map((node) => messageField(1, encodeNode(node))),
    stringField(2, model.name),
    ...[...model.initializers].map(([name, tensor]) => messageField(5, encodeTensor(name, tensor))),
    ...model.inputs.map((value) => messageField(11, encodeValueInfo(value))),
    ...model.outputs.map((value) => messageField(12, encodeValueInfo(value))),
  ]);
}

/**
 * ONNX ModelProto in protobuf wire format. Equal models give equal bytes: fields ascend, repeated numbers are packed,
 * metadata keys are sorted.
 */
export function encodeModel(model: Model): Encoded {
  const metadata = Object.entries(model.metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  const operatorSets = Object.entries({ '': model.opset, ...model.domains });
  return concat([
    integerField(1, IR_VERSION),
    stringField(2, 'earshot'),
    stringField(6, model.description),
    messageField(7, encodeGraph(model)),
    ...operatorSets.map(([domain, version]) =>
      messageField(8, concat([stringField(1, domain), integerField(2, version)])),
    ),
    ...metadata.map(([key, value]) => messageField(14, concat([stringField(1, key), stringField(2, value)]))),
  ]);
}
