// SPDX-License-Identifier: Apache-2.0
import { ImportError, quote } from '../import-error.ts';
import type { TfliteTensor } from './read-tflite.ts';

type Decode = (view: DataView, at: number) => number;

const DECODERS: Readonly<Record<string, { readonly bytes: number; readonly decode: Decode }>> = {
  float32: { bytes: 4, decode: (view, at) => view.getFloat32(at, true) },
  int32: { bytes: 4, decode: (view, at) => view.getInt32(at, true) },
  int8: { bytes: 1, decode: (view, at) => view.getInt8(at) },
};

/** Product of the sizes behind an axis: how many elements follow each other with the same index along it. */
const elementsBehind = (dims: readonly number[], axis: number): number =>
  dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);

/**
 * A constant as real numbers, in its own order.
 * @throws ImportError CHECKPOINT_MISMATCH naming the tensor when type, length or scales do not fit, or a value is not finite
 */
export function dequantise(
  file: string,
  { name, dims, type, data, scales, zeroPoints, axis }: TfliteTensor,
): Float32Array {
  const refuse = (problem: string): never => {
    throw new ImportError('CHECKPOINT_MISMATCH', `${file}: tensor ${quote(name)} ${problem}`);
  };
  const decoder = Object.hasOwn(DECODERS, type) ? DECODERS[type] : undefined;
  if (!decoder) return refuse(`is of ${type}`);
  const length = dims.reduce((product, dim) => product * dim, 1);
  if (data.length !== length * decoder.bytes) refuse(`[${dims}] has ${data.length} bytes`);
  if (scales.length > 1 && scales.length !== dims[axis]) refuse(`has ${scales.length} scales`);
  if (type !== 'float32' && scales.length === 0) refuse('has no scale');
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const behind = elementsBehind(dims, axis);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const at = scales.length > 1 ? Math.floor(i / behind) % scales.length : 0;
    values[i] = (decoder.decode(view, i * decoder.bytes) - (zeroPoints[at] ?? 0)) * (scales[at] ?? 1);
  }
  const unusable = values.findIndex((value) => !Number.isFinite(value));
  return unusable < 0 ? values : refuse(`has ${values[unusable]} as value ${unusable}`);
}
