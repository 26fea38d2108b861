// SPDX-License-Identifier: Apache-2.0

/** Share of very many recordings, and how many recordings get half of that (docs/decisions/0046). */
const MOST = 0.5;
const HALF_AT_RECORDINGS = 40;

/** Share of a collection in the constants: the more recordings, the more; 0…0.5, to two digits. */
export const defaultWeight = (recordings: number): number =>
  Number(((MOST * recordings) / (recordings + HALF_AT_RECORDINGS)).toFixed(2));
