// SPDX-License-Identifier: Apache-2.0

/**
 * How source and index may disagree. `missing`: listed, not indexed, and no failure says why; `stale`: another version is
 * indexed; `orphaned`: indexed, not in the source; `foreign`: vectors of another fingerprint; `odd`: a document under an
 * id that is not its key's; `vectorless`: ready, but without its vectors; `content`: the same version has other bytes;
 * `drift`: the service gives another answer today.
 */
export const FINDING_KINDS = [
  'missing',
  'stale',
  'orphaned',
  'foreign',
  'odd',
  'vectorless',
  'content',
  'drift',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly space: string;
  readonly key: string;
  /** Of the document; of the one that should be there, where it is missing. */
  readonly id: string;
  readonly detail: string;
}

/** What a new embedding of indexed recordings showed in one space. */
export interface VectorCheck {
  /** Recordings fetched and embedded again. */
  embedded: number;
  /** Of these, with every number of every vector the same. */
  identical: number;
  /** Recordings that could not be fetched as they were indexed: changed, vanished or denied meanwhile. */
  unread: number;
  /** Over all vectors; null while none was compared. */
  min_cosine: number | null;
  max_difference: number | null;
}

/** What verifying learned about one space. */
export interface SpaceCheck {
  readonly space: string;
  /** Documents compared with their objects. */
  compared: number;
  /** Of these, indexed as they are listed. */
  same: number;
  /** Not indexed as listed, and `earshot-failures` says why: no finding. */
  known_failures: number;
  /** Indexed, but filtered out by the settings of today: no finding. */
  filtered: number;
  readonly findings: Record<FindingKind, number>;
  readonly vectors: VectorCheck;
}

export const emptyCheck = (space: string): SpaceCheck => ({
  space,
  compared: 0,
  same: 0,
  known_failures: 0,
  filtered: 0,
  findings: { missing: 0, stale: 0, orphaned: 0, foreign: 0, odd: 0, vectorless: 0, content: 0, drift: 0 },
  vectors: { embedded: 0, identical: 0, unread: 0, min_cosine: null, max_difference: null },
});
