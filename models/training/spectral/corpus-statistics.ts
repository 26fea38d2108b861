// SPDX-License-Identifier: Apache-2.0
import { fitCorpus } from '@earshot/synthesis/corpus';
import { SPECTRAL } from '../../src/build/spaces/spectral/parameters.ts';
import { spectralStatistics } from '../../src/build/spaces/spectral/reference/statistics.ts';
import type { GeneratedClip } from '../../src/fit/spectral/clips.ts';

/** An independent part of the corpus: all recipes with a seed of its own, so that threads can share the work. */
export interface CorpusPart {
  readonly seed: string;
  readonly clipsPerRecipe: number;
  readonly takes: number;
}

/** Statistics of every clip of one part of the generated corpus, in double precision. */
export function corpusStatistics(part: CorpusPart): GeneratedClip[] {
  const { sampleRateHz, windowSamples } = SPECTRAL;
  const clips = fitCorpus({ ...part, sampleRateHz, seconds: windowSamples / sampleRateHz });
  return Array.from(clips, ({ recipe, samples }) => ({
    recipe,
    statistics: spectralStatistics(samples),
  }));
}
