// SPDX-License-Identifier: Apache-2.0
import { concat, type Encoded } from '../../build/onnx/wire.ts';
import { type WireField, wireFields } from './wire-fields.ts';

const NOTHING: Encoded = { byteLength: 0, chunks: [] };
const asChunk = (bytes: Uint8Array): Encoded => ({ byteLength: bytes.byteLength, chunks: [bytes] });

/**
 * A message with some fields replaced; what stays is carried by reference, neighbours together.
 * @param replace gives what stands in a field's place, tag included; `drop` for nothing, undefined to keep it
 * @returns undefined when every field stays
 */
export function spliceFields(
  message: Uint8Array,
  file: string,
  replace: (field: WireField) => Encoded | 'drop' | undefined,
): Encoded | undefined {
  const parts: Encoded[] = [];
  let [keptFrom, at, isChanged] = [0, 0, false];
  for (const field of wireFields(message, file)) {
    const replacement = replace(field);
    if (replacement) {
      if (at > keptFrom) parts.push(asChunk(message.subarray(keptFrom, at)));
      parts.push(replacement === 'drop' ? NOTHING : replacement);
      keptFrom = at + field.raw.length;
      isChanged = true;
    }
    at += field.raw.length;
  }
  return isChanged ? concat([...parts, asChunk(message.subarray(keptFrom))]) : undefined;
}

/** The same, but the message as it is when every field stays. */
export const spliced = (...args: Parameters<typeof spliceFields>): Encoded => spliceFields(...args) ?? asChunk(args[0]);
