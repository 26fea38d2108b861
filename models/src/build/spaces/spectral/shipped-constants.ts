// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseConstants } from './constants-file.ts';
import type { SpectralConstants } from './parameters.ts';

/** Constants of spectral-1, as models/training/spectral made them. */
export const SHIPPED_CONSTANTS_FILE = fileURLToPath(new URL('./shipped-constants.json', import.meta.url));

export const readShippedConstants = (): SpectralConstants =>
  parseConstants(readFileSync(SHIPPED_CONSTANTS_FILE, 'utf8'));
