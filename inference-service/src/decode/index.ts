// SPDX-License-Identifier: Apache-2.0
export { DecodeError } from './decode-error.ts';
export { type DecodedAudio, type DecodeOptions, decodeFile } from './decode-file.ts';
export { createDecodePool, type DecodePool, type DecodePriority } from './decode-pool.ts';
export type { Decoder } from './decoder.ts';
export { findDecoder } from './find-decoder.ts';
export { isSilent, loudnessDbfs, peaks } from './signal-measures.ts';
export { type SpooledFile, spoolStream } from './spool.ts';
export { createSpoolDirectory, type SpoolDirectory } from './spool-directory.ts';
