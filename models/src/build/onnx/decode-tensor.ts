// SPDX-License-Identifier: Apache-2.0
import type { Tensor } from './model.ts';
import { bytesOf, integerOf, integersOf, readMessage, textOf, WireError } from './read-wire.ts';

type ArrayConstructor =
  | Float32ArrayConstructor
  | Uint8ArrayConstructor
  | Int8ArrayConstructor
  | Int32ArrayConstructor
  | BigInt64ArrayConstructor;

/** Element types with an array of their own, by their number in onnx.proto. */
const ARRAYS: ReadonlyMap<number, ArrayConstructor> = new Map<number, ArrayConstructor>([
  [1, Float32Array],
  [2, Uint8Array],
  [3, Int8Array],
  [6, Int32Array],
  [7, BigInt64Array],
]);

const EXTERNAL = 1;

interface TensorFields {
  readonly dims: number[];
  name: string;
  elementType: number;
  raw: Uint8Array | undefined;
  isExternal: boolean;
  /** Values of float_data, 4 bytes each. */
  readonly floats: Uint8Array[];
  /** Values of int32_data and int64_data. */
  readonly integers: bigint[];
}

function readTensorFields(bytes: Uint8Array): TensorFields {
  const tensor: TensorFields = {
    ...{ dims: [], name: '', elementType: 0, raw: undefined, isExternal: false },
    ...{ floats: [], integers: [] },
  };
  const addIntegers = (values: readonly bigint[]): void => {
    for (const value of values) tensor.integers.push(BigInt.asIntN(64, value));
  };
  readMessage(bytes, {
    1: (field) => tensor.dims.push(...integersOf(field).map(Number)),
    2: (field) => (tensor.elementType = integerOf(field)),
    4: (field) => tensor.floats.push(bytesOf(field)),
    5: (field) => addIntegers(integersOf(field)),
    7: (field) => addIntegers(integersOf(field)),
    8: (field) => (tensor.name = textOf(field)),
    9: (field) => (tensor.raw = bytesOf(field)),
    14: (field) => (tensor.isExternal = integerOf(field) === EXTERNAL),
  });
  return tensor;
}

/** Bytes of float_data, whether it came packed or value by value. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Values as bytes, little-endian: a copy, because values in the file are not aligned. */
function rawBytes({ name, elementType, raw, floats, integers }: TensorFields): Uint8Array<ArrayBuffer> {
  if (raw !== undefined) return new Uint8Array(raw);
  if (elementType === 7) return new Uint8Array(BigInt64Array.from(integers).buffer);
  if (elementType === 6) return new Uint8Array(Int32Array.from(integers.map(Number)).buffer);
  if (elementType === 2 || elementType === 3) return Uint8Array.from(integers.map(Number));
  if (elementType !== 1 && floats.length + integers.length > 0)
    throw new WireError(`tensor ${name} of type ${elementType} is not stored as raw bytes`);
  return joined(floats);
}

/** @throws WireError naming a tensor whose values are missing, too many or elsewhere */
export function decodeTensor(bytes: Uint8Array): readonly [name: string, tensor: Tensor] {
  const fields = readTensorFields(bytes);
  const { name, dims, elementType } = fields;
  if (fields.isExternal) throw new WireError(`tensor ${name} lies outside the file`);
  const raw = rawBytes(fields);
  const ArrayType = ARRAYS.get(elementType);
  if (!ArrayType) return [name, { dims, data: raw, elementType }];
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (elements * ArrayType.BYTES_PER_ELEMENT !== raw.length)
    throw new WireError(`tensor ${name} has ${raw.length} bytes for [${dims}]`);
  return [name, { dims, data: new ArrayType(raw.buffer, 0, elements) }];
}
