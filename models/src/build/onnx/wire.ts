// SPDX-License-Identifier: Apache-2.0

/**
 * A protobuf message as a list of chunks. Large payloads (weights) are carried by reference and never copied,
 * so a model of several hundred MB costs no second copy in memory.
 */
export interface Encoded {
  readonly byteLength: number;
  readonly chunks: readonly Uint8Array[];
}

const EMPTY: Encoded = { byteLength: 0, chunks: [] };
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
const utf8 = new TextEncoder();

/** Base-128 varint; negative numbers take ten bytes (two's complement, 64 bits), as protobuf's int64 asks. */
function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const chunk = (bytes: Uint8Array): Encoded => ({ byteLength: bytes.byteLength, chunks: [bytes] });
const tag = (field: number, wireType: number): Encoded => chunk(varint((field << 3) | wireType));

/** Messages and fields one after the other; give fields in ascending order for canonical bytes. */
export function concat(parts: readonly Encoded[]): Encoded {
  return {
    byteLength: parts.reduce((sum, part) => sum + part.byteLength, 0),
    chunks: parts.flatMap((part) => part.chunks),
  };
}

export function messageField(field: number, message: Encoded): Encoded {
  return concat([tag(field, LENGTH_DELIMITED), chunk(varint(message.byteLength)), message]);
}

export const bytesField = (field: number, bytes: Uint8Array): Encoded => messageField(field, chunk(bytes));
export const stringField = (field: number, text: string): Encoded => bytesField(field, utf8.encode(text));
export const integerField = (field: number, value: number): Encoded =>
  concat([tag(field, VARINT), chunk(varint(value))]);

export function floatField(field: number, value: number): Encoded {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat([tag(field, FIXED_32), chunk(bytes)]);
}

/** A packed repeated int64; nothing at all when empty. */
export function packedIntegers(field: number, values: readonly number[]): Encoded {
  return values.length === 0 ? EMPTY : messageField(field, concat(values.map((value) => chunk(varint(value)))));
}

/** One contiguous copy of the message. */
export function toBytes(message: Encoded): Uint8Array {
  const bytes = new Uint8Array(message.byteLength);
  let offset = 0;
  for (const part of message.chunks) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}
