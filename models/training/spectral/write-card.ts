// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../../src/card.ts';
import { SHIPPED_CARDS_DIR } from '../../src/registry.ts';
import { buildSpectral } from './build-spectral.ts';

/** Writes graph and card of the shipped `spectral` space from the committed constants. */
export function writeSpectralCard(): Card {
  const { bytes, card } = buildSpectral();
  writeFileSync(join(SHIPPED_CARDS_DIR, card.graph.file), bytes);
  writeFileSync(join(SHIPPED_CARDS_DIR, `${card.id}.json`), `${JSON.stringify(card, null, 2)}\n`);
  return card;
}
