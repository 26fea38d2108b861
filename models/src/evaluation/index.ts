// SPDX-License-Identifier: Apache-2.0
export { bootstrapInterval, type Interval } from './bootstrap-interval.ts';
export { compareScores, type Difference } from './compare-scores.ts';
export type { NeighbourCount } from './confusions.ts';
export { generateMelodies, type MelodyNote } from './generated-melodies.ts';
export { indexLabels, type LabelIndex, type LabelledItem } from './label-index.ts';
export { createLabelJudge, type Judgement, type QueryScore } from './label-judge.ts';
export { type LabelledVector, labelRanks, labelRetrieval, meanScore } from './label-retrieval.ts';
export {
  type ClassScore,
  type LabelSummary,
  MEASURES,
  type Measure,
  type MeasureName,
  resamplingGroups,
  summariseLabels,
} from './label-summary.ts';
export { PITCH_HOP_SECONDS, pitchTrackOfNotes } from './note-pitch.ts';
export { parsePitchLabels } from './pitch-labels.ts';
export { type RankMeasure, type RankSummary, summariseRanks } from './rank-summary.ts';
export { createVectorBlock, type VectorBlock } from './vector-block.ts';
export { sweepWeakMatches, type WeakMatchPoint, type WeakMatchSweep } from './weak-match-sweep.ts';
