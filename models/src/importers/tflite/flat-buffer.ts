// SPDX-License-Identifier: Apache-2.0
import { ImportError } from '../import-error.ts';

/** A FlatBuffer of which nothing is believed: every offset is held against the file's end. */
export interface FlatBuffer {
  /** Name for messages. */
  readonly file: string;
  /** Position of the root table. */
  root(): number;
  /** Position of a field of a table; undefined when it has its default. */
  field(table: number, index: number): number | undefined;
  /** Position that the offset at a position points to: a table, vector or string. */
  follow(at: number): number;
  /** Length of a vector and the position of its first element; the elements lie in the file. */
  vector(at: number, elementBytes: number): { readonly length: number; readonly start: number };
  int8(at: number): number;
  int32(at: number): number;
  uint32(at: number): number;
  int64(at: number): number;
  float32(at: number): number;
  bytes(start: number, length: number): Uint8Array;
  /** Counts what is about to be made of the file: many tables may point to the same long vector. */
  claim(items: number): void;
}

/** YAMNet has 2,000 of them. */
const MAX_CLAIMED_ITEMS = 4_000_000;

/** @param file name for messages */
export function createFlatBuffer(data: Uint8Array, file: string): FlatBuffer {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const inside = (at: number, length: number): number => {
    if (at >= 0 && length >= 0 && at + length <= data.length) return at;
    throw new ImportError('CHECKPOINT_INVALID', `${file} ends at ${data.length}, but offset ${at} is referred to`);
  };
  const uint16 = (at: number): number => view.getUint16(inside(at, 2), true);
  const int32 = (at: number): number => view.getInt32(inside(at, 4), true);
  const uint32 = (at: number): number => view.getUint32(inside(at, 4), true);
  let claimed = 0;
  const follow = (at: number): number => inside(at + uint32(at), 4);
  return {
    file,
    root: () => follow(0),
    field: (table, index) => {
      const layout = table - int32(table);
      const entry = 4 + 2 * index;
      if (entry + 2 > uint16(layout)) return undefined;
      const offset = uint16(layout + entry);
      return offset === 0 ? undefined : table + offset;
    },
    follow,
    vector: (at, elementBytes) => {
      const start = follow(at);
      const length = uint32(start);
      inside(start + 4, length * elementBytes);
      return { length, start: start + 4 };
    },
    int8: (at) => view.getInt8(inside(at, 1)),
    int32,
    uint32,
    int64: (at) => Number(view.getBigInt64(inside(at, 8), true)),
    float32: (at) => view.getFloat32(inside(at, 4), true),
    bytes: (start, length) => data.subarray(inside(start, length), start + length),
    claim: (items) => {
      claimed += items;
      if (claimed > MAX_CLAIMED_ITEMS)
        throw new ImportError(
          'CHECKPOINT_INVALID',
          `${file}: its lists together have more than ${MAX_CLAIMED_ITEMS} entries`,
        );
    },
  };
}
