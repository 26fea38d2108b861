// SPDX-License-Identifier: Apache-2.0

/** Semitones above the tonic (`null` = rest) and length in beats. */
export type MelodyNote = readonly [semitones: number | null, beats: number];
