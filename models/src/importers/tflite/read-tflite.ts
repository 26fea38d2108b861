// SPDX-License-Identifier: Apache-2.0

import { openByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';
import { createFlatBuffer, type FlatBuffer } from './flat-buffer.ts';

/** Element types, by TensorFlow Lite's number. */
const TYPES: Readonly<Record<number, string>> = { 0: 'float32', 2: 'int32', 9: 'int8' };

export interface TfliteTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Number of an unknown type as text. */
  readonly type: string;
  /** Constant bytes, empty for what is computed. */
  readonly data: Uint8Array;
  /** value = (stored − zeroPoint) · scale, one scale for all or one for each index along `axis`. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

export interface TfliteOperator {
  /** Number of the builtin operator. */
  readonly code: number;
  /** Indices into the tensors; −1 where an optional one is missing. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** An int32 or int8 option by its field, 0 when it has its default. */
  int32Option(field: number): number;
  int8Option(field: number): number;
}

export interface TfliteModel {
  /** File name without folders. */
  readonly file: string;
  readonly tensors: readonly TfliteTensor[];
  /** In the order of execution. */
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const IDENTIFIER = 'TFL3';
const MAX_FILE_BYTES = 256 * 2 ** 20;
const MAX_ITEMS = 65_536;
const MAX_RANK = 8;
const OFFSET_BYTES = 4;

type Reader<T> = (at: number) => T;

function readVector<T>(b: FlatBuffer, at: number | undefined, elementBytes: number, read: Reader<T>): T[] {
  if (at === undefined) return [];
  const { length, start } = b.vector(at, elementBytes);
  if (length > MAX_ITEMS) throw new ImportError('CHECKPOINT_INVALID', `${b.file}: a list has ${length} entries`);
  b.claim(length);
  return Array.from({ length }, (_, i) => read(start + i * elementBytes));
}

const tables = (b: FlatBuffer, at: number | undefined): number[] => readVector(b, at, OFFSET_BYTES, b.follow);
const int32s = (b: FlatBuffer, at: number | undefined): number[] => readVector(b, at, 4, b.int32);

function optional(b: FlatBuffer, table: number, field: number, read: Reader<number>): number {
  const at = b.field(table, field);
  return at === undefined ? 0 : read(at);
}

function bytesOf(b: FlatBuffer, at: number | undefined): Uint8Array {
  if (at === undefined) return new Uint8Array(0);
  const { length, start } = b.vector(at, 1);
  return b.bytes(start, length);
}

function textOf(b: FlatBuffer, at: number | undefined): string {
  const bytes = bytesOf(b, at);
  b.claim(bytes.length);
  return new TextDecoder().decode(bytes);
}

function readTensor(b: FlatBuffer, table: number, buffers: readonly Uint8Array[]): TfliteTensor {
  const type = optional(b, table, 1, b.int8);
  const quantisation = b.field(table, 4);
  const q = quantisation === undefined ? undefined : b.follow(quantisation);
  const [name, dims] = [textOf(b, b.field(table, 3)), int32s(b, b.field(table, 0))];
  if (dims.length > MAX_RANK)
    throw new ImportError('CHECKPOINT_INVALID', `${b.file}: tensor ${quote(name)} has ${dims.length} dimensions`);
  return {
    name,
    dims,
    type: TYPES[type] ?? `type ${type}`,
    data: buffers[optional(b, table, 2, b.uint32)] ?? new Uint8Array(0),
    scales: q === undefined ? [] : readVector(b, b.field(q, 2), 4, b.float32),
    zeroPoints: q === undefined ? [] : readVector(b, b.field(q, 3), 8, b.int64),
    axis: q === undefined ? 0 : optional(b, q, 6, b.int32),
  };
}

function readOperator(b: FlatBuffer, table: number, codes: readonly number[]): TfliteOperator {
  const at = b.field(table, 4);
  const options = at === undefined ? undefined : b.follow(at);
  const option = (field: number, read: Reader<number>): number =>
    options === undefined ? 0 : optional(b, options, field, read);
  return {
    code: codes[optional(b, table, 0, b.uint32)] ?? -1,
    inputs: int32s(b, b.field(table, 1)),
    outputs: int32s(b, b.field(table, 2)),
    int32Option: (field) => option(field, b.int32),
    int8Option: (field) => option(field, b.int8),
  };
}

function parse(data: Uint8Array, file: string): TfliteModel {
  const b = createFlatBuffer(data, file);
  const model = b.root();
  // Numbers above 127 do not fit the old field; both are written, the larger one counts.
  const codes = tables(b, b.field(model, 1)).map((table) =>
    Math.max(optional(b, table, 0, b.int8), optional(b, table, 3, b.int32)),
  );
  const buffers = tables(b, b.field(model, 4)).map((table) => bytesOf(b, b.field(table, 0)));
  const graphs = tables(b, b.field(model, 2));
  const [graph] = graphs;
  if (graph === undefined || graphs.length > 1)
    throw new ImportError('CHECKPOINT_MISMATCH', `${file} has ${graphs.length} graphs, not one`);
  return {
    file,
    tensors: tables(b, b.field(graph, 0)).map((table) => readTensor(b, table, buffers)),
    inputs: int32s(b, b.field(graph, 1)),
    outputs: int32s(b, b.field(graph, 2)),
    operators: tables(b, b.field(graph, 3)).map((table) => readOperator(b, table, codes)),
  };
}

/**
 * Reads a TensorFlow Lite model: tensors, operators and constants, every offset checked.
 * @throws ImportError naming the file
 */
export function readTflite(path: string): TfliteModel {
  const source = openByteSource(path);
  try {
    const head = new TextDecoder('latin1').decode(source.read(0, Math.min(8, source.size)));
    if (head.slice(4) !== IDENTIFIER)
      throw new ImportError('CHECKPOINT_INVALID', `${source.name} is no TensorFlow Lite model`);
    if (source.size > MAX_FILE_BYTES)
      throw new ImportError(
        'CHECKPOINT_INVALID',
        `${source.name} has ${source.size} bytes, more than ${MAX_FILE_BYTES}`,
      );
    return parse(source.read(0, source.size), source.name);
  } finally {
    source.close();
  }
}
