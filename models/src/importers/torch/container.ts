// SPDX-License-Identifier: Apache-2.0
import type { ByteSource } from '../byte-source.ts';
import { ImportError, quote } from '../import-error.ts';
import { DTYPE_BYTES, type PickleValue, type Storage } from './pickle-values.ts';

/** What both kinds of files hold. */
export interface Container {
  readonly kind: 'zip' | 'legacy';
  /** The object that was saved. */
  readonly value: PickleValue;
  /** Offset in the file of each storage's first byte, by key; ranges lie in the file. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** A pickle describes weights, it does not hold them: PANNs' largest has 20 kB. */
export const MAX_PICKLE_BYTES = 8 * 2 ** 20;

export const storageBytes = ({ dtype, elements }: Storage): number => elements * DTYPE_BYTES[dtype];

/** @throws ImportError naming the storage whose size in the file is not the one the pickle speaks of */
export function checkStorageSize(source: ByteSource, storage: Storage, bytes: number): void {
  const expected = storageBytes(storage);
  if (bytes === expected) return;
  const problem = `storage ${quote(storage.key)} has ${bytes} bytes, but ${storage.elements} × ${storage.dtype} are ${expected}`;
  throw new ImportError('CHECKPOINT_INVALID', `${source.name}: ${problem}`);
}

export function refuseBigEndian(source: ByteSource): never {
  throw new ImportError('CHECKPOINT_INVALID', `${source.name} was saved big-endian, which is not supported`);
}
