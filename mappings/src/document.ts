// SPDX-License-Identifier: Apache-2.0

export type AudioStatus = 'ready' | 'silent' | 'no_melody';

/** A window's place in the recording and its vector (unit length for cosine spaces). */
export interface SegmentVector {
  readonly start_ms: number;
  readonly end_ms: number;
  /** base64 of big-endian float32 on Elasticsearch ≥ 9.3, else numbers. */
  readonly embedding: string | readonly number[];
}

/** Pitch track of a recording in a melody space; unindexed: reranking and drawing read it. */
export interface StoredMelody {
  /** As `encodePitch` of `@earshot/models/melody` writes it: base64 of a byte a frame. */
  readonly pitch: string;
  /** From one frame to the next. */
  readonly hop_ms: number;
}

/** What one recording looks like in the index of one space. Keys are the index's field names. */
export interface AudioDocument {
  readonly '@timestamp': string;
  readonly title: string;
  readonly audio: {
    readonly id: string;
    readonly uri: string;
    readonly bucket?: string;
    readonly key: string;
    readonly etag?: string;
    readonly version_id?: string;
    readonly size: number;
    readonly modified?: string;
    /** Hex. */
    readonly sha256: string;
    readonly duration_ms: number;
    readonly sample_rate_hz: number;
    readonly channels: number;
    readonly codec: string;
    readonly container: string;
    readonly status: AudioStatus;
    readonly loudness_dbfs: number | null;
    readonly peaks?: readonly number[];
  };
  readonly tags?: {
    readonly artist?: string;
    readonly album?: string;
    readonly genre?: readonly string[];
    readonly year?: number;
    readonly comment?: string;
  };
  readonly labels?: Readonly<Record<string, string | readonly string[]>>;
  readonly space: { readonly id: string; readonly fingerprint: string };
  readonly embedding?: string | readonly number[];
  readonly segments?: readonly SegmentVector[];
  readonly melody?: StoredMelody;
  readonly sync: {
    readonly source: string;
    readonly run: string;
    readonly version: number;
    readonly deleted_at?: string;
  };
}
