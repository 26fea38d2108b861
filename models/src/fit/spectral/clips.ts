// SPDX-License-Identifier: Apache-2.0

/** A clip of the generated corpus. */
export interface GeneratedClip {
  /** Kind of sound. */
  readonly recipe: string;
  /** 651 values, as `spectralStatistics` gives them. */
  readonly statistics: Float64Array;
}

/** One recording of a collection, cut into clips of at most 5 s. */
export interface Recording {
  /** What somebody filed it under; undefined where nobody did. */
  readonly label: string | undefined;
  /** Statistics of clips that do not overlap, in time order; one or more. */
  readonly clips: readonly Float64Array[];
  /** Statistics of its two halves, where it is too short for two clips; may be empty. */
  readonly halves: readonly Float64Array[];
}

/** Parts of one recording that do not overlap: two or more, or one where it cannot be cut. */
export const excerptsOf = ({ clips, halves }: Recording): readonly Float64Array[] =>
  clips.length > 1 || halves.length < 2 ? clips : halves;
