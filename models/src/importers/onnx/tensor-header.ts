// SPDX-License-Identifier: Apache-2.0
import { ImportError, quote } from '../import-error.ts';
import { elementBytes, elementTypeName } from './onnx-model.ts';
import { pushSizes, textOf, wireFields } from './wire-fields.ts';

/** Fields of a TensorProto, by their number. */
export const TENSOR_FIELD = { dims: 1, type: 2, name: 8, raw: 9, externalData: 13, location: 14 } as const;
const EXTERNAL = 1;

/** A constant of a graph without its values. */
export interface TensorHeader {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  /** Bytes that its values take, as type and sizes say; undefined for types without whole bytes. */
  readonly byteLength: number | undefined;
  /** Where the values lie, when they are in another file: its own words. */
  readonly external: ReadonlyMap<string, string> | undefined;
}

function readEntry(bytes: Uint8Array, file: string): [string, string] {
  let [key, value] = ['', ''];
  for (const field of wireFields(bytes, file)) {
    if (field.number === 1) key = textOf(field);
    if (field.number === 2) value = textOf(field);
  }
  return [key, value];
}

type Claims = Omit<TensorHeader, 'byteLength'> & {
  /** Bytes that lie in the file, −1 where values have another form. */
  readonly rawBytes: number;
};

function readClaims(tensor: Uint8Array, file: string): Claims {
  const dims: number[] = [];
  const entries = new Map<string, string>();
  let [name, type, isExternal, rawBytes] = ['', 0, false, -1];
  for (const field of wireFields(tensor, file)) {
    if (field.number === TENSOR_FIELD.dims) pushSizes(dims, field, file);
    else if (field.number === TENSOR_FIELD.type) type = field.integer;
    else if (field.number === TENSOR_FIELD.name) name = textOf(field);
    else if (field.number === TENSOR_FIELD.raw) rawBytes = field.bytes.length;
    else if (field.number === TENSOR_FIELD.location) isExternal = field.integer === EXTERNAL;
    else if (field.number === TENSOR_FIELD.externalData) entries.set(...readEntry(field.bytes, file));
  }
  return { name, dims, type, rawBytes, external: isExternal ? entries : undefined };
}

/**
 * Reads what a TensorProto says about itself, and holds its sizes against its bytes.
 * @throws ImportError CHECKPOINT_INVALID naming the tensor
 */
export function readTensorHeader(tensor: Uint8Array, file: string): TensorHeader {
  const { rawBytes, ...claims } = readClaims(tensor, file);
  const { name, dims, type, external } = claims;
  const refuse = (problem: string): never => {
    throw new ImportError('CHECKPOINT_INVALID', `${file}: tensor ${quote(name)} ${problem}`);
  };
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(elements)) refuse(`claims sizes [${dims}]`);
  const width = elementBytes(type);
  const byteLength = width === undefined ? undefined : elements * width;
  if (!external && rawBytes >= 0 && byteLength !== undefined && rawBytes !== byteLength)
    refuse(`claims ${elementTypeName(type)} [${dims}], which are ${byteLength} bytes, but has ${rawBytes}`);
  return { ...claims, byteLength };
}
