// SPDX-License-Identifier: Apache-2.0

/** A document that has a vector, as far as an evaluation asks. */
export interface IndexedLabels {
  readonly id: string;
  readonly title: string;
  /** Values of the label field; none where it is missing. */
  readonly labels: readonly string[];
  /** Value of the field that groups; undefined where there is none. */
  readonly group: string | undefined;
}

/** Labels and vectors behind the read alias of one space, at one point in time. */
export interface LabelledIndex {
  readonly space: string;
  readonly fingerprint: string;
  readonly dims: number;
  /** Documents, with or without a vector. */
  readonly documents: number;
  /** Every document that has a vector, by id in byte order. */
  labelled(signal: AbortSignal): AsyncIterable<IndexedLabels>;
  /** Vectors of whole recordings, in any order. */
  vectors(ids: readonly string[], signal: AbortSignal): AsyncIterable<readonly [id: string, vector: ArrayLike<number>]>;
  close(): Promise<void>;
}
