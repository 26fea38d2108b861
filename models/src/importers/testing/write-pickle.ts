// SPDX-License-Identifier: Apache-2.0

/** A tensor to be saved; by default float32, contiguous, in a storage of its own. */
export interface SavedTensor {
  readonly dims: readonly number[];
  /** The whole storage. */
  readonly data: Float32Array | BigInt64Array | Uint16Array;
  readonly strides?: readonly number[];
  readonly offset?: number;
  /** Tensors of equal keys share a storage. */
  readonly key: string;
}

export type Saved = null | boolean | number | string | SavedTensor | ReadonlyMap<string, Saved> | readonly string[];

/** Bytes of a Latin-1 text: pickle instructions are written as characters. */
export const latin = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

const STORAGES = new Map<string, string>([
  ['Float32Array', 'FloatStorage'],
  ['BigInt64Array', 'LongStorage'],
  ['Uint16Array', 'HalfStorage'],
]);

export const integer = (value: number): Uint8Array =>
  value < 256 ? Uint8Array.of(0x4b, value) : join([latin('J'), uint32(value)]);
const text = (value: string): Uint8Array => {
  const bytes = new TextEncoder().encode(value);
  return join([latin('X'), uint32(bytes.length), bytes]);
};
const tuple = (items: readonly Uint8Array[]): Uint8Array => join([latin('('), ...items, latin('t')]);
const emptyOrderedDict = latin('ccollections\nOrderedDict\n)R');

const rowMajor = (dims: readonly number[]): number[] =>
  dims.map((_, axis) => dims.slice(axis + 1).reduce((product, dim) => product * dim, 1));

/** REDUCE of _rebuild_tensor_v2; the persistent id has a sixth entry in legacy files. */
function tensor({ dims, data, strides, offset, key }: SavedTensor, isLegacy: boolean): Uint8Array {
  const storage = `ctorch\n${STORAGES.get(data.constructor.name)}\n`;
  const id = [text('storage'), latin(storage), text(key), text('cpu'), integer(data.length)];
  return join([
    latin('ctorch._utils\n_rebuild_tensor_v2\n('),
    tuple(isLegacy ? [...id, latin('N')] : id),
    latin('Q'),
    integer(offset ?? 0),
    tuple(dims.map(integer)),
    tuple((strides ?? rowMajor(dims)).map(integer)),
    Uint8Array.of(0x89),
    emptyOrderedDict,
    latin('tR'),
  ]);
}

function dict(entries: ReadonlyMap<string, Saved>, isLegacy: boolean): Uint8Array {
  const items = [...entries].flatMap(([key, value]) => [text(key), encode(value, isLegacy)]);
  return join([emptyOrderedDict, latin('('), ...items, latin('u')]);
}

function encode(value: Saved, isLegacy: boolean): Uint8Array {
  if (value === null) return latin('N');
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0x88 : 0x89);
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'string') return text(value);
  if (value instanceof Map) return dict(value, isLegacy);
  if (Array.isArray(value)) return join([latin(']('), ...value.map((item) => text(item as string)), latin('e')]);
  return tensor(value as SavedTensor, isLegacy);
}

/** One pickle of protocol 2. */
export const writePickle = (value: Saved, isLegacy = false): Uint8Array =>
  join([Uint8Array.of(0x80, 2), encode(value, isLegacy), latin('.')]);
