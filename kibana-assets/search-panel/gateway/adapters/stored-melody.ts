// SPDX-License-Identifier: Apache-2.0
import { decodeVector, encodeVector } from '@earshot/mappings/search';
import { decodePitch, encodePitch } from '@earshot/models/melody';
import type { QueryMelody } from '@earshot/pipelines/ports';

/** A tune as it lies in `earshot-queries`, unindexed. */
export interface StoredQueryMelody {
  /** Base64 of a byte a frame, as in indexed documents. */
  readonly pitch: string;
  readonly hop_ms: number;
  readonly versions: readonly {
    readonly start_ms: number;
    readonly end_ms: number;
    /** Base64 of big-endian float32. */
    readonly embedding: string;
  }[];
  readonly heard?: QueryMelody['heard'];
}

export const storeMelody = ({ pitch, hopMs, versions, heard }: QueryMelody): StoredQueryMelody => ({
  pitch: encodePitch(pitch),
  hop_ms: hopMs,
  versions: versions.map(({ vector, ...span }) => ({ ...span, embedding: encodeVector(vector) })),
  ...(heard ? { heard } : {}),
});

export const loadMelody = ({ pitch, hop_ms, versions, heard }: StoredQueryMelody): QueryMelody => ({
  pitch: decodePitch(pitch),
  hopMs: hop_ms,
  versions: versions.map(({ embedding, ...span }) => ({ ...span, vector: decodeVector(embedding) })),
  heard,
});
