// SPDX-License-Identifier: Apache-2.0
export { bootstrapInterval, type Interval } from './bootstrap-interval.ts';
export {
  type LabelledVector,
  labelRanks,
  labelRetrieval,
  meanScore,
  type QueryScore,
  scoreRanking,
} from './label-retrieval.ts';
