// SPDX-License-Identifier: Apache-2.0

export { createBulkBatcher } from './bulk-batcher.ts';
export { ChildLauncher } from './child-launcher.ts';
export { streamFile } from './decode-file.ts';
export { createDecodePool, type DecodeSlot } from './decode-pool.ts';
export type { Decoder, SourceInfo } from './decoder.ts';
export { findDecoder } from './find-decoder.ts';
export { createSignalMeter } from './signal-meter.ts';
export { spoolStream } from './spool.ts';
export { createSpoolDirectory } from './spool-directory.ts';
