// SPDX-License-Identifier: Apache-2.0
import type { VectorBlock } from '@earshot/models/evaluation';

export interface EvaluatedRecording {
  readonly title: string;
  readonly labels: readonly string[];
  /** Recordings of one group never answer each other. */
  readonly group: string;
}

/** The vectors of one space, in the order of the recordings. */
export interface SpaceVectors {
  readonly space: string;
  readonly fingerprint: string;
  readonly block: VectorBlock;
}

/** A recording that could not be read or embedded. */
export interface UnreadableRecording {
  readonly key: string;
  readonly code: string;
  readonly reason: string;
}

/** Labelled recordings with a vector in each space, and what was left out. */
export interface Collection {
  readonly recordings: readonly EvaluatedRecording[];
  readonly spaces: readonly SpaceVectors[];
  /** Recordings there are: evaluated, left out, unreadable, or not drawn. */
  readonly found: number;
  readonly withoutLabel: number;
  /** Silent, or without a vector for another reason, in at least one of the spaces. */
  readonly withoutVector: number;
  /** Recordings without a group of their own making: each stands for itself. Undefined when nothing groups. */
  readonly withoutGroup?: number;
  /** How many recordings the sample was drawn from; undefined when all are evaluated. */
  readonly sampledFrom?: number;
  readonly unreadable: readonly UnreadableRecording[];
}

/** What to collect. */
export interface CollectionRequest {
  readonly spaces: readonly string[];
  /** Field whose values are the labels, e.g. `labels.instrument`. */
  readonly labelField: string;
  readonly groupField: string | undefined;
  /** Most recordings that are evaluated; of more, so many are drawn. */
  readonly sample: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}
