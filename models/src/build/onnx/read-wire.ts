// SPDX-License-Identifier: Apache-2.0

/** One field of a protobuf message; `bytes` of length-delimited ones are a view, not a copy. */
export type Field =
  | { readonly number: number; readonly integer: bigint }
  | { readonly number: number; readonly bytes: Uint8Array };

/** Bytes that are no protobuf message; the message names an offset inside it. */
export class WireError extends Error {}

const WIRE = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;
const MAX_VARINT_BYTES = 10;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new WireError(`the message ends inside a number at offset ${cursor.at - 1}`);
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new WireError(`a number of more than ${MAX_VARINT_BYTES} bytes at offset ${cursor.at}`);
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (end > cursor.bytes.length)
    throw new WireError(
      `${length} bytes are announced at offset ${cursor.at}, the message ends at ${cursor.bytes.length}`,
    );
  const bytes = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

/**
 * The fields of a protobuf message in the order of the file.
 * @throws WireError when the bytes are no such message; nothing is allocated for what is merely announced
 */
function* readFields(bytes: Uint8Array): Generator<Field> {
  const cursor: Cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = Number(readVarint(cursor));
    const number = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === WIRE.varint) yield { number, integer: readVarint(cursor) };
    else if (wireType === WIRE.delimited) yield { number, bytes: take(cursor, Number(readVarint(cursor))) };
    else if (wireType === WIRE.fixed32) yield { number, bytes: take(cursor, 4) };
    else if (wireType === WIRE.fixed64) yield { number, bytes: take(cursor, 8) };
    else throw new WireError(`unknown wire type ${wireType} at offset ${cursor.at}`);
  }
}

/** Varints one after the other, as in packed fields. */
function readPacked(bytes: Uint8Array): bigint[] {
  const cursor: Cursor = { bytes, at: 0 };
  const values: bigint[] = [];
  while (cursor.at < bytes.length) values.push(readVarint(cursor));
  return values;
}

/** The values of a repeated integer, packed or not. */
export const integersOf = (field: Field): bigint[] => ('integer' in field ? [field.integer] : readPacked(field.bytes));

/** An int64; 0 for a field of another kind. */
export const integerOf = (field: Field): number => ('integer' in field ? Number(BigInt.asIntN(64, field.integer)) : 0);

export const bytesOf = (field: Field): Uint8Array => ('bytes' in field ? field.bytes : new Uint8Array());

const utf8 = new TextDecoder();
export const textOf = (field: Field): string => utf8.decode(bytesOf(field));

/** Hands each field of a message to the reader of its number; numbers without one are passed over. */
export function readMessage(bytes: Uint8Array, readers: Readonly<Record<number, (field: Field) => void>>): void {
  for (const field of readFields(bytes)) readers[field.number]?.(field);
}
