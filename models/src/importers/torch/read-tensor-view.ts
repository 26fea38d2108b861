// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../byte-source.ts';
import { DTYPE_BYTES, type Dtype, type TensorView } from './pickle-values.ts';
import { elementsOf, extentOf } from './torch-globals.ts';

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Little-endian elements as float32; `bytes` begin a buffer, so float32 needs no copy. */
const DECODERS: Readonly<Record<Dtype, (bytes: Uint8Array<ArrayBuffer>) => Float32Array>> = {
  float32: (bytes) => new Float32Array(bytes.buffer),
  float16: (bytes) => Float32Array.from(new Uint16Array(bytes.buffer), halfToNumber),
  int64: (bytes) => Float32Array.from(new BigInt64Array(bytes.buffer), Number),
};

/** Whether the elements of a view follow each other; dimensions of one element may have any stride. */
function isContiguous({ dims, strides }: TensorView): boolean {
  let expected = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    if (dims[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= dims[axis] ?? 1;
  }
  return true;
}

function gather(values: Float32Array, { dims, strides }: TensorView): Float32Array {
  const result = new Float32Array(elementsOf(dims));
  const index = dims.map(() => 0);
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from] ?? 0;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const [position, dim, stride] = [(index[axis] ?? 0) + 1, dims[axis] ?? 0, strides[axis] ?? 0];
      from += stride;
      index[axis] = position;
      if (position < dim) break;
      from -= position * stride;
      index[axis] = 0;
    }
  }
  return result;
}

/**
 * The values of a view, row-major.
 * @param at offset of the storage in the file
 */
export function readTensorView(source: ByteSource, view: TensorView, at: number): Float32Array {
  const size = DTYPE_BYTES[view.storage.dtype];
  const bytes = source.read(at + view.offset * size, extentOf(view.dims, view.strides) * size);
  const values = DECODERS[view.storage.dtype](bytes);
  return isContiguous(view) ? values : gather(values, view);
}
