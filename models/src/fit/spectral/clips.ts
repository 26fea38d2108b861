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
  /**
   * Statistics of two halves, where the recording is too short for two clips: what can be asked whether the halves find
   * each other.
   */
  readonly halves: readonly Float64Array[];
}
