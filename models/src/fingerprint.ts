// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Card, CardMelody, CardText } from './card.ts';
import { DECODE_CONTRACT } from './decode-contract.ts';
import { MELODY_CODE_VERSION } from './melody/thresholds.ts';

/** What decides about the vectors of words; file names and golden texts do not. */
function textContractOf({ graph, input, output, tokenizer, maxTokens }: CardText): object {
  const { sha256, padToken } = tokenizer;
  const { sha256: graphSha256, precision } = graph;
  return { graph: graphSha256, precision, input, output, tokenizer: { sha256, padToken }, maxTokens };
}

/** What decides about contours and their vectors, the code between the graphs among it. */
function melodyContractOf({ frames, encoder, index, query }: CardMelody): object {
  const { graph, input, points } = encoder;
  const { sha256, precision } = graph;
  return { code: MELODY_CODE_VERSION, frames, encoder: { graph: sha256, precision, input, points }, index, query };
}

/** The part of a card that decides which vector a recording gets; words about it do not count. */
function contractOf(card: Card): object {
  const { id, version, dims, similarity, input, output, pooling, hasTrackVector } = card;
  const text = card.text ? { text: textContractOf(card.text) } : {};
  const melody = card.melody ? { melody: melodyContractOf(card.melody) } : {};
  const precision = card.graph.precision;
  return { id, version, dims, similarity, input, output, pooling, hasTrackVector, precision, ...text, ...melody };
}

/** JSON with sorted keys: equal values give equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/**
 * First 12 hex digits of sha256 over the bytes of graphs and tokenizer (by their sha256), card contract and decode contract.
 * Vectors with different fingerprints must never meet in one index or one comparison.
 */
export function fingerprintOf(card: Card): string {
  const text = canonicalJson({ graph: card.graph.sha256, card: contractOf(card), decode: DECODE_CONTRACT });
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
