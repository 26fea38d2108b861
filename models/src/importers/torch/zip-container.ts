// SPDX-License-Identifier: Apache-2.0
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';
import { type Container, checkStorageSize, MAX_PICKLE_BYTES, refuseBigEndian } from './container.ts';
import { readPickle } from './read-pickle.ts';
import { readZipEntries, type ZipEntry } from './zip-entries.ts';

const PIECE_BYTES = 4 * 2 ** 20;
const MAX_BYTE_ORDER_BYTES = 16;

const invalid = (source: ByteSource, problem: string): never => {
  throw new ImportError('CHECKPOINT_INVALID', `${source.name}: ${problem}`);
};

/** Holds an entry's bytes against the sum in the directory, a piece at a time. */
function checkSum(source: ByteSource, { name, size, offset, crc32: expected }: ZipEntry): void {
  let sum = 0;
  for (let at = 0; at < size; at += PIECE_BYTES)
    sum = crc32(source.read(offset + at, Math.min(PIECE_BYTES, size - at)), sum);
  if (sum !== expected) invalid(source, `${quote(name)} is damaged: CRC-32 ${sum}, the zip directory says ${expected}`);
}

function refuseByteOrder(source: ByteSource, entry: ZipEntry | undefined): void {
  if (!entry) return;
  const order = new TextDecoder().decode(source.read(entry.offset, Math.min(entry.size, MAX_BYTE_ORDER_BYTES))).trim();
  if (order === 'big') refuseBigEndian(source);
  if (order !== 'little') invalid(source, `the byte order is ${quote(order)}`);
}

/** torch.save since 1.6: a zip of `<root>/data.pkl` and one file a storage, `<root>/data/<key>`. */
export function readZipContainer(source: ByteSource): Container {
  const entries = readZipEntries(source);
  const pickles = [...entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (!pickle || pickles.length > 1) return invalid(source, 'it is a zip without one data.pkl, so none of torch.save');
  if (pickle.size > MAX_PICKLE_BYTES) invalid(source, `data.pkl has ${pickle.size} bytes`);
  const root = pickle.name.slice(0, -'data.pkl'.length);
  refuseByteOrder(source, entries.get(`${root}byteorder`));
  checkSum(source, pickle);
  const program = source.read(pickle.offset, pickle.size);
  const { value, storages } = readPickle(program, 0, { file: source.name, base: pickle.offset });
  const offsets = new Map<string, number>();
  for (const storage of storages.values()) {
    const entry = entries.get(`${root}data/${storage.key}`);
    if (!entry) return invalid(source, `storage ${quote(storage.key)} is not in the zip`);
    checkStorageSize(source, storage, entry.size);
    checkSum(source, entry);
    offsets.set(storage.key, entry.offset);
  }
  return { kind: 'zip', value, offsets };
}
