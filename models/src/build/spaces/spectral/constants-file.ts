// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { SPECTRAL, type SpectralConstants } from './parameters.ts';

const NAMES = ['median', 'scale', 'projection', 'offset'] as const;
const LENGTHS = {
  median: SPECTRAL.statistics,
  scale: SPECTRAL.statistics,
  projection: SPECTRAL.statistics * SPECTRAL.dims,
  offset: SPECTRAL.dims,
} as const;

const schema = z.strictObject({ median: z.base64(), scale: z.base64(), projection: z.base64(), offset: z.base64() });

/** JSON with each array as base64 of little-endian float32. */
export function serialiseConstants(constants: SpectralConstants): string {
  const encode = (data: Float32Array): string =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  return `${JSON.stringify(Object.fromEntries(NAMES.map((name) => [name, encode(constants[name])])), null, 2)}\n`;
}

/** @throws when the text is not what `serialiseConstants` writes */
export function parseConstants(text: string): SpectralConstants {
  const encoded = schema.parse(JSON.parse(text));
  const decode = (name: (typeof NAMES)[number]): Float32Array => {
    const bytes = Uint8Array.from(Buffer.from(encoded[name], 'base64'));
    if (bytes.length !== 4 * LENGTHS[name]) throw new Error(`${name}: ${LENGTHS[name]} values expected`);
    return new Float32Array(bytes.buffer);
  };
  return {
    median: decode('median'),
    scale: decode('scale'),
    projection: decode('projection'),
    offset: decode('offset'),
  };
}
