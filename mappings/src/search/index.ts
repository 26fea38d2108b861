// SPDX-License-Identifier: Apache-2.0
export { combineVectors } from './combine-vectors.ts';
export { FILTERABLE_FIELDS, type FilterClause, parseFilter } from './filter.ts';
export { type FusedHit, fuseByRank, type RankedList } from './fuse-by-rank.ts';
export {
  buildExactRequest,
  buildKnnRequest,
  type ExactRequestOptions,
  type KnnQuery,
  type KnnRequestOptions,
  MAX_CANDIDATES,
  type SearchRequest,
} from './knn-request.ts';
export {
  buildMelodiesRequest,
  chooseVersions,
  type FoundMelody,
  type JoinedMelody,
  joinVersions,
  judgeMatch,
  locatingVersions,
  type MatchVerdict,
  type MelodyPlace,
  type MelodyQuery,
  type MelodyTrack,
  melodyHits,
  placeMelodies,
  type RankedMelody,
  RERANKED_SONGS,
  readMelodies,
  readVersionHits,
  rerankMelodies,
  type VersionHit,
} from './melody/index.ts';
export { QueryInvalidError } from './query-invalid-error.ts';
export { exactScript, rawSimilarity, scoreOf } from './score.ts';
export { readHits, readSegments, readTotal, type SearchHit, type SearchResponse, type TimeSpan } from './search-hit.ts';
export { decodeVector, encodeVector } from './vector-encoding.ts';
