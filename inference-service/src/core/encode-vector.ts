// SPDX-License-Identifier: Apache-2.0
import { endianness } from 'node:os';
import type { WireVector } from '../contract/embeddings.ts';

export type VectorEncoding = 'float' | 'base64';

/** Numbers, or base64 of little-endian float32 (OpenAI's byte order; Elasticsearch's own base64 vectors are big-endian). */
export function encodeVector(vector: Float32Array, encoding: VectorEncoding): WireVector {
  if (encoding === 'float') return Array.from(vector);
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  return (endianness() === 'LE' ? bytes : Buffer.from(bytes).swap32()).toString('base64');
}
