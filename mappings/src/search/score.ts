// SPDX-License-Identifier: Apache-2.0
import type { Similarity } from '@earshot/models';

interface ScoreFormula {
  readonly score: (raw: number) => number;
  readonly raw: (score: number) => number;
  /** The same score by brute force, in painless. */
  readonly script: (field: string) => string;
}

/** Rounding of float32 scores must not push a cosine out of its range. */
const clampCosine = (value: number): number => Math.min(1, Math.max(-1, value));
const halved = (call: (field: string) => string): ScoreFormula => ({
  score: (raw) => (1 + raw) / 2,
  raw: (score) => clampCosine(2 * score - 1),
  script: (field) => `(${call(field)} + 1.0) / 2`,
});

/** Elasticsearch's `_score` of float vectors and the raw measure behind it (reference: dense_vector, `similarity`). */
const FORMULAS: Readonly<Record<Similarity, ScoreFormula>> = {
  cosine: halved((field) => `cosineSimilarity(params.q, '${field}')`),
  dot_product: halved((field) => `dotProduct(params.q, '${field}')`),
  l2_norm: {
    score: (raw) => 1 / (1 + raw * raw),
    raw: (score) => Math.sqrt(Math.max(0, 1 / score - 1)),
    script: (field) => `double d = l2norm(params.q, '${field}'); return 1 / (1 + d * d)`,
  },
  max_inner_product: {
    score: (raw) => (raw < 0 ? 1 / (1 - raw) : raw + 1),
    raw: (score) => (score < 1 ? 1 - 1 / score : score - 1),
    script: (field) => `double s = dotProduct(params.q, '${field}'); return s < 0 ? 1 / (1 - s) : s + 1`,
  },
};

/** `_score` of a raw measure: cosine −1…1, dot product, or Euclidean distance (l2_norm). */
export const scoreOf = (similarity: Similarity, raw: number): number => FORMULAS[similarity].score(raw);

/** The raw measure behind `_score`; divide a boosted score by its boost first. */
export const rawSimilarity = (similarity: Similarity, score: number): number => FORMULAS[similarity].raw(score);

/** Painless source that scores `params.q` against `field` exactly as kNN would, so that one inversion serves both. */
export const exactScript = (similarity: Similarity, field: string): string => FORMULAS[similarity].script(field);
