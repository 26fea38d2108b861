// SPDX-License-Identifier: Apache-2.0
import { ImportError, quote } from '../import-error.ts';
import { type DeclaredTensor, FLOAT16, type OnnxModel } from './onnx-model.ts';
import { rewriteTensors } from './rewrite-tensors.ts';
import { readTensorHeader } from './tensor-header.ts';
import { MAX_RANK, textOf, type WireField, wireFields } from './wire-fields.ts';

/** Field numbers of onnx.proto. */
export const MODEL_FIELD = { irVersion: 1, graph: 7, opset: 8, metadata: 14, training: 20, functions: 25 } as const;
export const GRAPH_FIELD = { node: 1, initializer: 5, input: 11, output: 12, sparse: 15 } as const;

/** Pad, Clip and Slice have had their present form since then. */
const MIN_OPSET = 11;
const MAX_VALUES = 1_000_000;

/** Operators that work on 8-bit numbers. */
const INT8_OPERATORS = /^(QLinear|QGemm|DynamicQuantize|QuantizeLinear|ConvInteger|MatMulInteger|QAttention)/;

interface Parts {
  readonly inputs: DeclaredTensor[];
  readonly outputs: DeclaredTensor[];
  readonly given: Set<string>;
  readonly computed: Set<string>;
}

function readDim(dim: Uint8Array, file: string): number | string {
  for (const field of wireFields(dim, file)) {
    if (field.number === 1) return field.integer;
    if (field.number === 2) return textOf(field) || '?';
  }
  return '?';
}

function readShape(shape: Uint8Array, file: string): (number | string)[] {
  const dims: (number | string)[] = [];
  for (const field of wireFields(shape, file)) if (field.number === 1) dims.push(readDim(field.bytes, file));
  if (dims.length > MAX_RANK)
    throw new ImportError('CHECKPOINT_INVALID', `${file} declares a tensor of ${dims.length} dimensions`);
  return dims;
}

/** ValueInfoProto: name, and type and sizes where it is a tensor. */
function readDeclared(value: Uint8Array, file: string): DeclaredTensor {
  let [name, type, dims]: [string, number | undefined, DeclaredTensor['dims']] = ['', undefined, undefined];
  const readTensorType = (bytes: Uint8Array): void => {
    for (const field of wireFields(bytes, file)) {
      if (field.number === 1) type = field.integer;
      if (field.number === 2) dims = readShape(field.bytes, file);
    }
  };
  for (const field of wireFields(value, file)) {
    if (field.number === 1) name = textOf(field);
    if (field.number !== 2) continue;
    for (const kind of wireFields(field.bytes, file)) if (kind.number === 1) readTensorType(kind.bytes);
  }
  return { name, type, dims };
}

function readNodeOutputs(node: Uint8Array, { computed }: Parts, file: string): void {
  for (const part of wireFields(node, file)) if (part.number === 2) computed.add(textOf(part));
  if (computed.size > MAX_VALUES)
    throw new ImportError('CHECKPOINT_INVALID', `${file}: more than ${MAX_VALUES} values`);
}

function readSparseName(sparse: Uint8Array, { given }: Parts, file: string): void {
  for (const part of wireFields(sparse, file))
    if (part.number === 1) given.add(readTensorHeader(part.bytes, file).name);
}

function readGraphField({ number, bytes }: WireField, parts: Parts, file: string): void {
  if (number === GRAPH_FIELD.input) parts.inputs.push(readDeclared(bytes, file));
  else if (number === GRAPH_FIELD.output) parts.outputs.push(readDeclared(bytes, file));
  else if (number === GRAPH_FIELD.initializer) parts.given.add(readTensorHeader(bytes, file).name);
  else if (number === GRAPH_FIELD.sparse) readSparseName(bytes, parts, file);
  else if (number === GRAPH_FIELD.node) readNodeOutputs(bytes, parts, file);
}

function readGraph(graph: Uint8Array, file: string): Omit<Parts, 'given'> {
  const parts: Parts = { inputs: [], outputs: [], given: new Set(), computed: new Set() };
  const { inputs, outputs, given, computed } = parts;
  for (const field of wireFields(graph, file)) {
    readGraphField(field, parts, file);
    const values = inputs.length + outputs.length + given.size + computed.size;
    if (values > MAX_VALUES) throw new ImportError('CHECKPOINT_INVALID', `${file}: more than ${MAX_VALUES} values`);
  }
  return { inputs: inputs.filter(({ name }) => !given.has(name)), outputs, computed };
}

/** Version of the default operator set, 0 when this entry is of another. */
function defaultOpset(entry: Uint8Array, file: string): number {
  let [domain, version] = ['', 0];
  for (const field of wireFields(entry, file)) {
    if (field.number === 1) domain = textOf(field);
    if (field.number === 2) version = field.integer;
  }
  return domain === '' || domain === 'ai.onnx' ? version : 0;
}

/** Weights of fewer bits, wherever they stand; also holds every tensor's sizes against its bytes. */
function precisionOf(bytes: Uint8Array, file: string): OnnxModel['precision'] {
  let [halves, hasInt8] = [0, false];
  rewriteTensors('model', bytes, {
    file,
    onTensor: (tensor) => {
      const { type, byteLength = 0 } = readTensorHeader(tensor, file);
      halves += type === FLOAT16 ? byteLength : 0;
      return undefined;
    },
    onNode: (node) => {
      for (const field of wireFields(node, file))
        if (field.number === 4) hasInt8 ||= INT8_OPERATORS.test(textOf(field));
    },
  });
  // A few constants in half precision do not make a model of it.
  return hasInt8 ? 'int8' : halves * 2 > bytes.length ? 'fp16' : 'fp32';
}

/** What a file is that people mistake for a model, by its first bytes. */
function lookalike(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 40));
  if (head.startsWith('version https://git-lfs')) return 'a pointer of Git LFS: fetch the file itself';
  if (/^\s*<(!doctype|html|\?xml)/i.test(head)) return 'a web page';
  if (head.startsWith('PK\u0003\u0004')) return 'a zip file';
  if (head.slice(4, 8) === 'TFL3') return 'a TensorFlow Lite model';
  return bytes.length === 0 ? 'empty' : undefined;
}

/**
 * Reads what an ONNX file says about itself; nothing of it is run.
 * @param bytes the whole file, at the beginning of its buffer
 * @throws ImportError CHECKPOINT_INVALID naming file and offset or tensor
 */
export function readOnnx(bytes: Uint8Array, file: string): OnnxModel {
  const other = lookalike(bytes);
  if (other) throw new ImportError('CHECKPOINT_INVALID', `${file} is no ONNX model but ${other}`);
  let [irVersion, opset] = [0, 0];
  let graph: Uint8Array | undefined;
  for (const field of wireFields(bytes, file)) {
    if (field.number === MODEL_FIELD.irVersion) irVersion = field.integer;
    if (field.number === MODEL_FIELD.opset) opset = Math.max(opset, defaultOpset(field.bytes, file));
    if (field.number !== MODEL_FIELD.graph) continue;
    if (graph) throw new ImportError('CHECKPOINT_INVALID', `${file} has two graphs`);
    graph = field.bytes;
  }
  if (!graph || irVersion < 1)
    throw new ImportError('CHECKPOINT_INVALID', `${file} is no ONNX model: it has no ${graph ? 'version' : 'graph'}`);
  if (opset < MIN_OPSET)
    throw new ImportError(
      'GRAPH_UNSUPPORTED',
      `${file} is made for version ${opset} of ONNX's operators, ${MIN_OPSET} or later is needed: export it again`,
    );
  const { inputs, outputs, computed } = readGraph(graph, file);
  return { file, bytes, irVersion, opset, inputs, outputs, computed, precision: precisionOf(bytes, file) };
}

/** The tensor of a list that a card names, or the only one. @throws ImportError GRAPH_MISMATCH with the names that there are */
export function pickTensor(
  name: string | undefined,
  from: readonly DeclaredTensor[],
  { file, role }: { readonly file: string; readonly role: string },
): DeclaredTensor {
  const names = from.map((tensor) => quote(tensor.name)).join(', ') || 'none';
  const found = name === undefined ? from[0] : from.find((tensor) => tensor.name === name);
  if (found && (name !== undefined || from.length === 1)) return found;
  const problem = name === undefined ? `has ${from.length} ${role}s, not one` : `has no ${role} ${quote(name)}`;
  throw new ImportError('GRAPH_MISMATCH', `${file} ${problem}; there is ${names}`);
}
