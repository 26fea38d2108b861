// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { bytesField, concat, type Encoded, integerField, packedIntegers, stringField } from '../../build/onnx/wire.ts';
import { type ByteSource, openByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';
import { elementTypeName } from './onnx-model.ts';
import { rewriteTensors } from './rewrite-tensors.ts';
import { readTensorHeader, TENSOR_FIELD, type TensorHeader } from './tensor-header.ts';

/** No protobuf message may be larger, so no ONNX file with its weights inside. */
export const MAX_GRAPH_BYTES = 2 ** 31 - 1;

/** Weights of a model that lie in files beside it. */
export interface ExternalWeights {
  /** Names as the model gives them, with sha256. */
  readonly files: ReadonlyMap<string, string>;
  /** The tensor with its values inside; undefined when they are there already. */
  fold(tensor: Uint8Array): Encoded | undefined;
  close(): void;
}

interface Folder {
  /** Of the model, symbolic links resolved. */
  readonly path: string;
  readonly file: string;
}

/**
 * Where external data lies: below the model's own folder, reached without symbolic links.
 * @throws ImportError CHECKPOINT_UNSAFE naming tensor and location
 */
function locate(location: string, tensor: string, { path, file }: Folder): string {
  const refuse = (problem: string): never => {
    const what = `${file}: tensor ${quote(tensor)} has its values in ${quote(location)}`;
    throw new ImportError('CHECKPOINT_UNSAFE', `${what}, ${problem}`);
  };
  const parts = location.split(/[\\/]/);
  if (location === '' || location.includes('\0')) refuse('which names no file');
  if (isAbsolute(location) || /^[a-z]:/i.test(location)) refuse('an absolute path');
  if (parts.includes('..')) refuse('which leaves the folder of the model');
  const target = join(path, ...parts);
  try {
    const isLink = parts.some((_, i) => lstatSync(join(path, ...parts.slice(0, i + 1))).isSymbolicLink());
    if (isLink || realpathSync(target) !== target || !target.startsWith(path + sep)) refuse('through a symbolic link');
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(
      'CHECKPOINT_UNREADABLE',
      `${target}, where ${file} has the values of ${quote(tensor)}: ${error}`,
    );
  }
  return target;
}

/** A whole number of a tensor's external data, `otherwise` where it is not given. */
function readNumber(header: TensorHeader, key: 'offset' | 'length', otherwise: number, file: string): number {
  const text = header.external?.get(key);
  if (text === undefined || text === '') return otherwise;
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new ImportError('CHECKPOINT_INVALID', `${file}: tensor ${quote(header.name)} has ${key} ${quote(text)}`);
}

/** TensorProto with its values inside. */
const inlined = ({ name, dims, type }: TensorHeader, values: Uint8Array): Encoded =>
  concat([
    packedIntegers(TENSOR_FIELD.dims, dims),
    integerField(TENSOR_FIELD.type, type),
    stringField(TENSOR_FIELD.name, name),
    bytesField(TENSOR_FIELD.raw, values),
  ]);

function sumOf(source: ByteSource): string {
  const hash = createHash('sha256');
  const piece = 2 ** 20;
  for (let at = 0; at < source.size; at += piece) hash.update(source.read(at, Math.min(piece, source.size - at)));
  return hash.digest('hex');
}

/** Opens the files beside a model as tensors ask for them. */
function createSources(folder: Folder): {
  open(location: string, tensor: string): ByteSource;
  list(): [string, ByteSource][];
} {
  const sources = new Map<string, ByteSource>();
  return {
    open: (location, tensor) => {
      const target = locate(location, tensor, folder);
      const source = sources.get(location) ?? openByteSource(target);
      sources.set(location, source);
      return source;
    },
    list: () => [...sources],
  };
}

/** Where a tensor's values lie, its claims checked. */
function rangeOf(header: TensorHeader, file: string): { location: string; offset: number; length: number } {
  const { name, byteLength, external } = header;
  const location = external?.get('location') ?? '';
  const refuse = (problem: string): never => {
    throw new ImportError('CHECKPOINT_INVALID', `${file}: tensor ${quote(name)} ${problem} of ${quote(location)}`);
  };
  if (byteLength === undefined) return refuse(`has ${elementTypeName(header.type)} values`);
  const length = readNumber(header, 'length', byteLength, file);
  if (length !== byteLength) refuse(`needs ${byteLength} bytes, but claims ${length}`);
  return { location, offset: readNumber(header, 'offset', 0, file), length };
}

/**
 * Weights that lie in files beside a model, for a space is one file. Nothing outside the model's folder is opened, and
 * nothing through symbolic links.
 * @param path of the model
 * @param bytes the whole model
 * @throws ImportError naming tensor and location, before any values are read
 */
export function openExternalWeights(path: string, bytes: Uint8Array, file: string): ExternalWeights {
  const sources = createSources({ path: realpathSync(dirname(path)), file });
  const close = (): void => {
    for (const [, source] of sources.list()) source.close();
  };
  let total = bytes.length;
  const inspect = (tensor: Uint8Array): undefined => {
    const header = readTensorHeader(tensor, file);
    if (!header.external) return;
    const { location, offset, length } = rangeOf(header, file);
    const { name, size } = sources.open(location, header.name);
    total += length;
    if (offset + length > size)
      throw new ImportError(
        'CHECKPOINT_INVALID',
        `${name} ends at ${size}, but tensor ${quote(header.name)} of ${file} has ${length} bytes at ${offset}`,
      );
    if (total > MAX_GRAPH_BYTES)
      throw new ImportError('CHECKPOINT_INVALID', `${file} and its weights have more than ${MAX_GRAPH_BYTES} bytes`);
  };
  try {
    rewriteTensors('model', bytes, { file, onTensor: inspect });
    return {
      files: new Map(sources.list().map(([location, source]) => [location, sumOf(source)])),
      fold: (tensor) => {
        const header = readTensorHeader(tensor, file);
        if (!header.external) return undefined;
        const { location, offset, length } = rangeOf(header, file);
        return inlined(header, sources.open(location, header.name).read(offset, length));
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
