// SPDX-License-Identifier: Apache-2.0
import { type Encoded, messageField } from '../../build/onnx/wire.ts';
import { ImportError } from '../import-error.ts';
import { spliceFields } from './splice-fields.ts';

/** Messages of onnx.proto that hold tensors, or hold messages that do. */
type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'sparse' | 'function' | 'tensor';

/** Field number → what lies there. */
const NESTED: Readonly<Record<Exclude<Kind, 'tensor'>, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  function: { 7: 'node', 11: 'attribute' },
};

const MAX_DEPTH = 64;

export interface TensorWalk {
  readonly file: string;
  /** Told of each tensor; gives another one in its place, or undefined to keep it. */
  readonly onTensor: (tensor: Uint8Array) => Encoded | undefined;
  /** Told of each node's bytes, in subgraphs and functions too. */
  readonly onNode?: (node: Uint8Array) => void;
}

/**
 * Visits every tensor of a message, in subgraphs, functions, attributes and sparse tensors too.
 * @returns the message with what `onTensor` gave, or undefined when nothing changed; unchanged bytes are not copied
 * @throws ImportError CHECKPOINT_INVALID when messages are nested too deep, or are none
 */
export function rewriteTensors(kind: Kind, message: Uint8Array, walk: TensorWalk, depth = 0): Encoded | undefined {
  if (kind === 'tensor') return walk.onTensor(message);
  if (depth > MAX_DEPTH)
    throw new ImportError('CHECKPOINT_INVALID', `${walk.file}: graphs are nested more than ${MAX_DEPTH} deep`);
  if (kind === 'node') walk.onNode?.(message);
  return spliceFields(message, walk.file, ({ number, bytes, isLengthDelimited }) => {
    const inner = NESTED[kind][number];
    const changed = inner && isLengthDelimited ? rewriteTensors(inner, bytes, walk, depth + 1) : undefined;
    return changed && messageField(number, changed);
  });
}
