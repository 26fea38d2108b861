// SPDX-License-Identifier: Apache-2.0
import { encodeNode, encodeTensor, encodeValueInfo } from '../../build/onnx/encode-model.ts';
import type { Model } from '../../build/onnx/model.ts';
import { concat, type Encoded, integerField, messageField, stringField } from '../../build/onnx/wire.ts';
import type { OnnxModel } from './onnx-model.ts';
import { GRAPH_FIELD, MODEL_FIELD } from './read-onnx.ts';
import { rewriteTensors } from './rewrite-tensors.ts';
import { spliced } from './splice-fields.ts';
import { textOf, wireFields } from './wire-fields.ts';
import { type GraphWrap, HEAD_INPUT, HEAD_OUTPUT, TAIL_INPUT, TAIL_OUTPUT } from './wrap-graph.ts';

/** Since then constants need not be inputs. */
const MIN_IR_VERSION = 4;

export interface JoinedNames {
  readonly input: string;
  readonly output: string;
}

/** A beginning of names that occurs nowhere in a file, so that none of ours meets one of theirs, however deep. */
function freePrefix(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; ; i++) {
    const prefix = i === 0 ? 'earshot/' : `earshot${i}/`;
    if (!text.includes(prefix)) return prefix;
  }
}

/** The names by which the whole takes waveforms and gives vectors. */
export function joinedNames({ bytes, inputs, outputs, computed }: OnnxModel, wrap: GraphWrap): JoinedNames {
  const taken = new Set([...inputs, ...outputs].map(({ name }) => name));
  const free = (name: string): string => (taken.has(name) || computed.has(name) ? `${freePrefix(bytes)}${name}` : name);
  return {
    input: wrap.head ? free(HEAD_INPUT) : wrap.input,
    output: wrap.tail ? free(TAIL_OUTPUT) : wrap.output,
  };
}

interface Pieces {
  readonly nodes: Encoded;
  readonly constants: Encoded;
}

/** Our operators with names that meet no others, but for those in `joints`. */
function pieces(model: Model | undefined, prefix: string, joints: Readonly<Record<string, string>>): Pieces {
  const rename = (name: string): string => joints[name] ?? `${prefix}${name}`;
  const nodes = (model?.nodes ?? []).map((node) => {
    const [inputs, outputs] = [node.inputs.map(rename), node.outputs.map(rename)];
    return messageField(GRAPH_FIELD.node, encodeNode({ ...node, name: `${prefix}${node.name}`, inputs, outputs }));
  });
  const constants = [...(model?.initializers ?? [])].map(([name, tensor]) =>
    messageField(GRAPH_FIELD.initializer, encodeTensor(rename(name), tensor)),
  );
  return { nodes: concat(nodes), constants: concat(constants) };
}

function nameOf(message: Uint8Array, file: string): string {
  for (const field of wireFields(message, file)) if (field.number === 1) return textOf(field);
  return '';
}

export interface JoinOptions {
  readonly wrap: GraphWrap;
  readonly names: JoinedNames;
  /** `metadata_props`, instead of equal keys in the file. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly windowSamples: number;
  readonly dims: number;
  /** Gives a tensor with its values inside, undefined when they are. */
  readonly fold: (tensor: Uint8Array) => Encoded | undefined;
}

function joinGraph(graph: Uint8Array, model: OnnxModel, options: JoinOptions): Encoded {
  const { wrap, names, windowSamples, dims, fold } = options;
  const { file } = model;
  const prefix = freePrefix(model.bytes);
  const head = pieces(wrap.head, `${prefix}head/`, { [HEAD_INPUT]: names.input, [HEAD_OUTPUT]: wrap.input });
  const tail = pieces(wrap.tail, `${prefix}tail/`, { [TAIL_INPUT]: wrap.output, [TAIL_OUTPUT]: names.output });
  const kinds: Readonly<Record<number, 'node' | 'tensor' | 'sparse'>> = {
    [GRAPH_FIELD.node]: 'node',
    [GRAPH_FIELD.initializer]: 'tensor',
    [GRAPH_FIELD.sparse]: 'sparse',
  };
  const theirs = spliced(graph, file, ({ number, bytes }) => {
    if (wrap.head && number === GRAPH_FIELD.input && nameOf(bytes, file) === wrap.input) return 'drop';
    const kind = kinds[number];
    const changed = kind && rewriteTensors(kind, bytes, { file, onTensor: fold });
    return changed && messageField(number, changed);
  });
  const input = encodeValueInfo({ name: names.input, dims: ['batch', windowSamples] });
  const output = encodeValueInfo({ name: names.output, dims: ['batch', dims] });
  return concat([
    ...[head.nodes, head.constants, theirs, tail.nodes, tail.constants],
    ...(wrap.head ? [messageField(GRAPH_FIELD.input, input)] : []),
    ...(wrap.tail ? [messageField(GRAPH_FIELD.output, output)] : []),
  ]);
}

/**
 * Somebody's model with our operators before and after it; their bytes are carried by reference and stay as they are.
 * Operator set, functions and other domains are theirs.
 */
export function joinGraphs(model: OnnxModel, options: JoinOptions): Encoded {
  const { file, bytes, irVersion } = model;
  const { fold, metadata } = options;
  const theirs = spliced(bytes, file, ({ number, bytes: field }) => {
    if (number === MODEL_FIELD.irVersion || number === MODEL_FIELD.training) return 'drop';
    if (number === MODEL_FIELD.metadata) return Object.hasOwn(metadata, nameOf(field, file)) ? 'drop' : undefined;
    if (number === MODEL_FIELD.graph) return messageField(MODEL_FIELD.graph, joinGraph(field, model, options));
    if (number !== MODEL_FIELD.functions) return undefined;
    const changed = rewriteTensors('function', field, { file, onTensor: fold });
    return changed && messageField(number, changed);
  });
  const ours = Object.entries(metadata).map(([key, value]) =>
    messageField(MODEL_FIELD.metadata, concat([stringField(1, key), stringField(2, value)])),
  );
  return concat([integerField(MODEL_FIELD.irVersion, Math.max(irVersion, MIN_IR_VERSION)), theirs, ...ours]);
}
