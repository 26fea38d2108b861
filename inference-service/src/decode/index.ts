// SPDX-License-Identifier: Apache-2.0
export { decodeFile } from './decode-file.ts';
export { createDecodePool } from './decode-pool.ts';
export type { Decoder } from './decoder.ts';
export { findDecoder } from './find-decoder.ts';
export { loudnessDbfs, peaks } from './signal-measures.ts';
export { spoolStream } from './spool.ts';
export { createSpoolDirectory } from './spool-directory.ts';
