// SPDX-License-Identifier: Apache-2.0
import type { Similarity } from '@earshot/models';
import { decodePitch } from '@earshot/models/melody';
import { HIT_SOURCE, type SearchRequest } from '../knn-request.ts';
import { rawSimilarity } from '../score.ts';
import { readHits, type SearchHit, type SearchResponse, spansOf } from '../search-hit.ts';
import type { VersionHit } from './join-versions.ts';
import type { MelodyTrack, RankedMelody } from './rerank-melodies.ts';

/** The list of one query version. */
export const readVersionHits = (response: SearchResponse, similarity: Similarity): VersionHit[] =>
  response.hits.hits.map((hit) => ({
    id: hit._id ?? '',
    cosine: rawSimilarity(similarity, hit._score ?? 0),
    spans: spansOf(hit),
  }));

/** What hits show of these documents, and their pitch tracks. */
export const buildMelodiesRequest = (index: string, ids: readonly string[]): SearchRequest => ({
  method: 'POST',
  path: `/${index}/_search`,
  body: { size: ids.length, _source: [...HIT_SOURCE, 'melody'], query: { ids: { values: ids } } },
});

/** A document as `buildMelodiesRequest` asks for it. */
export interface FoundMelody {
  readonly hit: SearchHit;
  /** Undefined where the document has none, or none that can be read. */
  readonly track: MelodyTrack | undefined;
}

function trackOf(source: unknown): MelodyTrack | undefined {
  const { pitch, hop_ms: hopMs } =
    (source as { melody?: { pitch?: unknown; hop_ms?: unknown } } | undefined)?.melody ?? {};
  if (typeof pitch !== 'string' || typeof hopMs !== 'number' || !(hopMs > 0)) return undefined;
  try {
    return { pitch: decodePitch(pitch), hopMs };
  } catch {
    // Written by others, who may write anything: the song is then found, but not compared.
    return undefined;
  }
}

/** By document id. */
export function readMelodies(response: SearchResponse): ReadonlyMap<string, FoundMelody> {
  const hits = readHits(response, 'cosine');
  return new Map(
    response.hits.hits.flatMap((found, i) => {
      const hit = hits[i];
      return hit ? [[hit.id, { hit, track: trackOf(found._source) }]] : [];
    }),
  );
}

/** Ranked songs as hits: score and similarity of the melody, the best place, how far apart; what is not found is left out. */
export function melodyHits(ranked: readonly RankedMelody[], found: ReadonlyMap<string, FoundMelody>): SearchHit[] {
  return ranked
    .flatMap(({ id, score, similarity, distance, places }) => {
      const melody = found.get(id);
      if (!melody) return [];
      return [{ ...melody.hit, score, similarity, segment: places[0]?.span ?? null, melody: { distance } }];
    })
    .map((hit, i) => ({ ...hit, rank: i + 1 }));
}
