// SPDX-License-Identifier: Apache-2.0
import type { ReadyWindows } from '../../core/embed-windows.ts';
import { findNonFinite } from '../../core/find-non-finite.ts';
import { ServiceError } from '../../core/service-error.ts';
import { floatsFromBytes } from './float32-bytes.ts';
import type { InferInput } from './infer-schema.ts';
import type { InputTensor } from './input-tensor.ts';

const BYTES_A_SAMPLE = 4;

const refuse = (field: string, problem: string): ServiceError =>
  new ServiceError('invalid_parameter', `${field}: ${problem}`, { param: field });

function assertFinite(samples: Float32Array, field: string): void {
  const at = findNonFinite(samples);
  if (at >= 0) throw refuse(field, `value ${at} is no finite FP32 number`);
}

function assertDeclared(expected: InputTensor, { name, shape, datatype }: InferInput): void {
  const { id, tensor, values, meaning } = expected;
  if (name !== tensor) throw refuse('inputs[0].name', `${id} takes the tensor ${tensor}, not ${name}`);
  if (datatype !== 'FP32') throw refuse('inputs[0].datatype', `${id} takes FP32, not ${datatype}`);
  if (shape.length !== 2 || shape[1] !== values || shape[0] === 0)
    throw refuse('inputs[0].shape', `${id} takes ${meaning}, not [${shape.join(', ')}]`);
}

/** @param data numbers, or one list of numbers a window */
function fromJson(data: readonly unknown[], expected: number): Float32Array {
  const field = 'inputs[0].data';
  // Counted before memory is taken: the shape is a claim of the client's.
  const values = data.flat(1);
  if (values.length !== expected) throw refuse(field, `has ${values.length} values, the shape says ${expected}`);
  const samples = new Float32Array(expected);
  for (const [at, value] of values.entries()) {
    if (typeof value !== 'number') throw refuse(field, `value ${at} is no number (flat, or one list a window)`);
    samples[at] = value;
  }
  return samples;
}

function fromBinary(bytes: Buffer, declared: number, expected: number): Float32Array {
  const field = 'inputs[0].parameters.binary_data_size';
  if (declared !== bytes.length) throw refuse(field, `is ${declared}, but ${bytes.length} bytes follow the JSON`);
  if (declared !== expected * BYTES_A_SAMPLE)
    throw refuse(field, `is ${declared}; FP32 of that shape has ${expected * BYTES_A_SAMPLE} bytes`);
  return floatsFromBytes(bytes);
}

/**
 * The one input tensor as windows.
 * @param binary what follows the JSON, or undefined when the request has no binary part
 * @throws ServiceError invalid_parameter naming the field
 */
export function readWindows(expected: InputTensor, input: InferInput, binary: Buffer | undefined): ReadyWindows {
  assertDeclared(expected, input);
  const [count = 0] = input.shape;
  const values = count * expected.values;
  const declared = input.parameters?.binary_data_size;
  if ((input.data === undefined) === (declared === undefined))
    throw refuse('inputs[0]', 'needs either data or parameters.binary_data_size');
  if (declared !== undefined && binary === undefined)
    throw refuse('inputs[0].parameters.binary_data_size', 'needs the header Inference-Header-Content-Length');
  if (input.data !== undefined && binary && binary.length > 0)
    throw refuse('inputs[0].data', `is in the JSON, but ${binary.length} bytes follow it`);
  const windows = input.data
    ? fromJson(input.data, values)
    : fromBinary(binary ?? Buffer.alloc(0), declared ?? 0, values);
  assertFinite(windows, 'inputs[0].data');
  return { windows, count };
}

/** A body that is nothing but the tensor (JSON length 0): its size tells the number of windows. */
export function readRawWindows({ id, row, values }: InputTensor, bytes: Buffer): ReadyWindows {
  const bytesAWindow = values * BYTES_A_SAMPLE;
  const count = bytes.length / bytesAWindow;
  if (!Number.isInteger(count))
    throw refuse('body', `has ${bytes.length} bytes; a ${row} of ${id} has ${bytesAWindow}`);
  const windows = floatsFromBytes(bytes);
  assertFinite(windows, 'body');
  return { windows, count };
}
