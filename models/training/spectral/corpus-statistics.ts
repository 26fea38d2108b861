// SPDX-License-Identifier: Apache-2.0

import { SPECTRAL } from '../../src/build/spaces/spectral/parameters.ts';
import { spectralStatistics } from '../../src/build/spaces/spectral/reference/statistics.ts';
import { stopgapCorpus } from './stopgap-corpus.ts';

/** One independent part of the corpus; parts make the work divisible without changing its result. */
export interface CorpusPart {
  readonly clips: number;
  readonly seed: number;
}

/** Statistics of every clip of one part of the generated corpus, in double precision. */
export function corpusStatistics({ clips, seed }: CorpusPart): Float64Array[] {
  return Array.from(stopgapCorpus({ clips, seed, sampleRateHz: SPECTRAL.sampleRateHz }), ({ samples }) =>
    spectralStatistics(samples),
  );
}
