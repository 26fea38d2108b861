// SPDX-License-Identifier: Apache-2.0

const BYTES_PER_FLOAT = 4;

/** base64 of big-endian float32, as `dense_vector` fields (9.3 and later) and `query_vector` (9.4 and later) take it. */
export function encodeVector(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * BYTES_PER_FLOAT));
  for (const [i, value] of vector.entries()) view.setFloat32(i * BYTES_PER_FLOAT, value, false);
  let binary = '';
  for (let i = 0; i < view.byteLength; i++) binary += String.fromCharCode(view.getUint8(i));
  return btoa(binary);
}

/** Inverse of `encodeVector`. */
export function decodeVector(text: string): Float32Array {
  const binary = atob(text);
  const view = new DataView(new ArrayBuffer(binary.length));
  for (let i = 0; i < binary.length; i++) view.setUint8(i, binary.charCodeAt(i));
  return Float32Array.from({ length: binary.length / BYTES_PER_FLOAT }, (_, i) =>
    view.getFloat32(i * BYTES_PER_FLOAT, false),
  );
}
