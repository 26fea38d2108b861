// SPDX-License-Identifier: Apache-2.0
export { chooseVersions } from './choose-versions.ts';
export {
  type JoinedMelody,
  joinVersions,
  locatingVersions,
  type MelodyPlace,
  placeMelodies,
  type VersionHit,
} from './join-versions.ts';
export { buildMelodiesRequest, type FoundMelody, melodyHits, readMelodies, readVersionHits } from './melody-hits.ts';
export {
  type MelodyQuery,
  type MelodyTrack,
  type RankedMelody,
  RERANKED_SONGS,
  rerankMelodies,
} from './rerank-melodies.ts';
export { judgeMatch, type MatchVerdict } from './weak-match.ts';
