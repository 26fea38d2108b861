// SPDX-License-Identifier: Apache-2.0
import { endianness } from 'node:os';

const isLittleEndian = endianness() === 'LE';

/** The protocol's raw FP32 (little-endian) as numbers, in memory of their own: the bytes may lie unaligned. */
export function floatsFromBytes(bytes: Buffer): Float32Array {
  const floats = new Float32Array(bytes.length / Float32Array.BYTES_PER_ELEMENT);
  const copy = Buffer.from(floats.buffer);
  bytes.copy(copy);
  if (!isLittleEndian) copy.swap32();
  return floats;
}

/** float32 [rows × dims] as raw little-endian bytes. */
export function bytesFromRows(rows: readonly Float32Array[]): Buffer {
  const bytes = Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength)));
  return isLittleEndian ? bytes : bytes.swap32();
}
