// SPDX-License-Identifier: Apache-2.0
export type { AudioDocument, AudioStatus, SegmentVector, StoredMelody } from './document.ts';
export * from './names.ts';
