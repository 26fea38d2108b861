// SPDX-License-Identifier: Apache-2.0
export { type JoinedMelody, joinVersions, type MelodyPlace, type VersionHit } from './join-versions.ts';
export {
  type MelodyQuery,
  type MelodyTrack,
  type RankedMelody,
  RERANKED_SONGS,
  rerankMelodies,
} from './rerank-melodies.ts';
export { judgeMatch, type MatchVerdict } from './weak-match.ts';
