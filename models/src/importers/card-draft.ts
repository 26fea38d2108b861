// SPDX-License-Identifier: Apache-2.0
import type { Card } from '../card.ts';

/** The file that weights come from. */
export type Origin = NonNullable<Card['origin']>;

/** Everything in a card that is known before the graph is made. */
export type CardDraft = Omit<Card, 'graph' | 'golden'>;

/** Published weights carry their makers' licence; of other files of the same shape nothing is known. */
export const licenceOf = (published: Card['licence'], { file, isPublished }: Origin): Card['licence'] =>
  isPublished
    ? published
    : { spdx: 'NOASSERTION', attribution: `weights of ${file}, which its makers have not published`, source: file };
