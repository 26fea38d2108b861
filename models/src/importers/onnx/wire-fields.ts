// SPDX-License-Identifier: Apache-2.0
import { ImportError } from '../import-error.ts';

/** One field of a protobuf message. */
export interface WireField {
  readonly number: number;
  /** Value of a varint, as int64; 0 for other kinds. */
  readonly integer: number;
  /** Payload of a length-delimited or fixed-width field; empty for varints. No copy. */
  readonly bytes: Uint8Array;
  readonly isLengthDelimited: boolean;
  /** Tag and payload as they stand in the file. No copy. */
  readonly raw: Uint8Array;
}

const MAX_FIELD = 2 ** 29 - 1;
const EMPTY = new Uint8Array(0);
const WIRE = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;
/** Dimensions of a tensor. */
export const MAX_RANK = 64;

/** @param message a part of the file's own buffer, so that the position in the file is known */
function invalid(file: string, message: Uint8Array, at: number, problem: string): never {
  throw new ImportError('CHECKPOINT_INVALID', `${file}, offset ${message.byteOffset + at}: ${problem}`);
}

/** A varint's value as int64 (beyond 2⁵³ rounded) and the position behind it. */
function readVarint(message: Uint8Array, start: number, file: string): { value: number; end: number } {
  let low = 0;
  let long = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = message[start + i];
    if (byte === undefined) return invalid(file, message, start, 'the file ends within a number');
    // Bit operations have 32 bits only.
    if (i < 4) low += (byte & 0x7f) << (7 * i);
    else long |= BigInt(byte & 0x7f) << BigInt(7 * i);
    const value = long === 0n ? low : Number(BigInt.asIntN(64, long | BigInt(low)));
    if (byte < 0x80) return { value, end: start + i + 1 };
  }
  return invalid(file, message, start, 'a number has more than ten bytes');
}

interface Payload {
  readonly start: number;
  readonly end: number;
  readonly integer: number;
}

/** Bytes of a fixed-width payload. */
const FIXED_BYTES: Readonly<Record<number, number>> = { [WIRE.fixed32]: 4, [WIRE.fixed64]: 8 };

/** Where the payload of a field lies; `at` is behind its tag. */
function payloadOf(message: Uint8Array, at: number, { wire, number, file }: FieldHead): Payload {
  if (wire === WIRE.varint) {
    const { value, end } = readVarint(message, at, file);
    return { start: end, end, integer: value };
  }
  const length = wire === WIRE.delimited ? readVarint(message, at, file) : { value: FIXED_BYTES[wire] ?? -1, end: at };
  const [start, end] = [length.end, length.end + length.value];
  if (wire !== WIRE.delimited && length.value < 0)
    invalid(file, message, at, `field ${number} is of kind ${wire}, which ONNX does not use`);
  if (length.value < 0 || end > message.length)
    invalid(file, message, at, `field ${number} claims ${length.value} bytes, ${message.length - start} are left`);
  return { start, end, integer: 0 };
}

interface FieldHead {
  readonly number: number;
  readonly wire: number;
  /** Name for messages. */
  readonly file: string;
}

/**
 * The fields of a protobuf message in the order of the file, each held against the message's end; memory is taken for one
 * at a time.
 * @param message a part of the buffer that holds the file
 * @param file name for messages
 * @throws ImportError CHECKPOINT_INVALID naming file and offset
 */
export function* wireFields(message: Uint8Array, file: string): Generator<WireField, void> {
  for (let at = 0; at < message.length; ) {
    const tag = readVarint(message, at, file);
    const [number, wire] = [Math.floor(tag.value / 8), tag.value % 8];
    if (number < 1 || number > MAX_FIELD) invalid(file, message, at, `${number} is no number of a field`);
    const { start, end, integer } = payloadOf(message, tag.end, { number, wire, file });
    const bytes = end > start ? message.subarray(start, end) : EMPTY;
    const raw = message.subarray(at, end);
    yield { number, integer, bytes, isLengthDelimited: wire === WIRE.delimited, raw };
    at = end;
  }
}

/** Sizes of a tensor, packed or one by one: adds what a field holds. */
export function pushSizes(into: number[], field: WireField, file: string): void {
  const push = (value: number): void => {
    if (into.length === MAX_RANK) invalid(file, field.raw, 0, `more than ${MAX_RANK} dimensions`);
    into.push(value);
  };
  if (!field.isLengthDelimited) push(field.integer);
  for (let at = 0; at < field.bytes.length; ) {
    const { value, end } = readVarint(field.bytes, at, file);
    push(value);
    at = end;
  }
}

/** Text of a field; bytes that are no UTF-8 become replacement characters. */
export const textOf = ({ bytes }: WireField): string => new TextDecoder().decode(bytes);
