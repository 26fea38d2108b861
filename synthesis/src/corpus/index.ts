// SPDX-License-Identifier: Apache-2.0
export { type FitClip, fitCorpus, RECIPE_NAMES } from './fit-corpus.ts';
