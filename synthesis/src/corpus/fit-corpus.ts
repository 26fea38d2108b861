// SPDX-License-Identifier: Apache-2.0
import { createRandom } from '../signal/random.ts';
import { RECIPES } from './recipes.ts';
import { recordTake } from './take.ts';

type FitCorpusOptions = {
  readonly seed: number | string;
  /** Sounds drawn from each recipe. */
  readonly clipsPerRecipe?: number;
  /** Recordings made of each sound. */
  readonly takes?: number;
  readonly sampleRateHz?: number;
  readonly seconds?: number;
};

export type FitClip = {
  readonly recipe: string;
  readonly instance: number;
  readonly take: number;
  /** Mono, `seconds × sampleRateHz` samples within ±1. */
  readonly samples: Float32Array;
};

/** Names of the recipes in the order in which the corpus runs through them. */
export const RECIPE_NAMES: readonly string[] = Object.keys(RECIPES);

/**
 * Generated audio on which constants may be fitted: every recipe, `clipsPerRecipe` instances of it, `takes` recordings of
 * each. A clip depends on the seed, its three labels, rate and length, and on nothing else; the same bits everywhere.
 */
export function* fitCorpus({
  seed,
  clipsPerRecipe = 20,
  takes = 3,
  sampleRateHz = 32_000,
  seconds = 5,
}: FitCorpusOptions): Generator<FitClip, void, undefined> {
  for (const [recipe, sound] of Object.entries(RECIPES)) {
    for (let instance = 0; instance < clipsPerRecipe; instance++) {
      const rendered = sound({ random: createRandom(seed, recipe, instance), sampleRateHz, seconds });
      for (let take = 0; take < takes; take++) {
        const samples = recordTake(rendered, createRandom(seed, recipe, instance, 'take', take), sampleRateHz);
        yield { recipe, instance, take, samples };
      }
    }
  }
}
