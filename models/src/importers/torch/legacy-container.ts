// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';
import { type Container, checkStorageSize, MAX_PICKLE_BYTES, refuseBigEndian, storageBytes } from './container.ts';
import { DTYPE_BYTES, isKind, type PickleValue, type Storage } from './pickle-values.ts';
import { readPickle } from './read-pickle.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** PROTO 2, LONG1 of ten bytes: how the magic number begins. */
const FIRST_BYTES = [0x80, 0x02, 0x8a, 0x0a];
const COUNT_BYTES = 8;

export const isLegacy = (head: Uint8Array): boolean => FIRST_BYTES.every((byte, i) => head[i] === byte);

const invalid = (source: ByteSource, problem: string): never => {
  throw new ImportError('CHECKPOINT_INVALID', `${source.name}: ${problem}`);
};

function checkSystem(source: ByteSource, system: PickleValue): void {
  const isLittle = isKind(system, 'dict') ? system.entries.get('little_endian') : undefined;
  if (isLittle === false) refuseBigEndian(source);
  if (isLittle !== true) invalid(source, 'the byte order is not known');
}

/** Walks over the raw storages: each is an int64 count and that many elements. */
function locateStorages(
  source: ByteSource,
  keys: PickleValue,
  storages: ReadonlyMap<string, Storage>,
  start: number,
): Map<string, number> {
  const offsets = new Map<string, number>();
  if (!isKind(keys, 'list')) return invalid(source, 'the fifth pickle is no list of storages');
  let at = start;
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage || offsets.has(storage.key))
      return invalid(source, `storage ${quote(String(key))} belongs to no tensor`);
    const count = new DataView(source.read(at, COUNT_BYTES).buffer).getBigInt64(0, true);
    const bytes = Number(count) * DTYPE_BYTES[storage.dtype];
    checkStorageSize(source, storage, bytes);
    at += COUNT_BYTES;
    if (at + bytes > source.size)
      invalid(source, `it ends at ${source.size}, but storage ${quote(storage.key)} goes on to ${at + bytes}`);
    offsets.set(storage.key, at);
    at += storageBytes(storage);
  }
  const missing = [...storages.keys()].find((key) => !offsets.has(key));
  return missing === undefined ? offsets : invalid(source, `storage ${quote(missing)} is not in the file`);
}

/** torch.save before 1.6: five pickles (magic number, protocol, system, object, keys), then the storages. */
export function readLegacyContainer(source: ByteSource): Container {
  const program = source.read(0, Math.min(source.size, MAX_PICKLE_BYTES));
  const place = { file: source.name, base: 0 };
  const magic = readPickle(program, 0, place);
  if (magic.value !== MAGIC) invalid(source, 'it begins like a checkpoint of torch, but the magic number is another');
  const protocol = readPickle(program, magic.end, place);
  if (protocol.value !== PROTOCOL) invalid(source, `protocol ${String(protocol.value)}, not ${PROTOCOL}`);
  const system = readPickle(program, protocol.end, place);
  checkSystem(source, system.value);
  const object = readPickle(program, system.end, place);
  const keys = readPickle(program, object.end, place);
  return {
    kind: 'legacy',
    value: object.value,
    offsets: locateStorages(source, keys.value, object.storages, keys.end),
  };
}
