// SPDX-License-Identifier: Apache-2.0
export { type Card, type CardMelody, type CardText, cardSchema, type Pooling, type Similarity } from './card.ts';
export { DECODE_CONTRACT, SILENCE_PEAK_DBFS } from './decode-contract.ts';
export { goldenSignal } from './golden-signal.ts';
