// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_ENDING, readCardFiles, type Space } from '../registry.ts';
import type { Recording } from './recordings/choose-recordings.ts';

export interface RecipeParts {
  readonly recordings: readonly Recording[];
  readonly weightBits: number;
  readonly labelled: boolean;
}

/** Changes whenever the method does, so that a later release makes its own variant. */
const METHOD = 'static-1';

/** sha256 over all that decides an 8-bit graph besides its original. */
export function recipeOf({ recordings, weightBits, labelled }: RecipeParts): string {
  const text = JSON.stringify([METHOD, weightBits, labelled, recordings.map(({ sha256, name }) => [name, sha256])]);
  return createHash('sha256').update(text).digest('hex');
}

export const reportPath = (modelsDir: string, id: string): string => join(modelsDir, `${id}${REPORT_ENDING}`);

/** The space that an earlier, equal run made. */
export interface Variant {
  readonly space: Space;
  /** undefined when graph or report are gone or damaged, so that they must be made again. */
  readonly report: unknown;
}

function readReport({ card, graphPath }: Space, modelsDir: string): unknown {
  if (!existsSync(graphPath)) return undefined;
  const sha256 = createHash('sha256').update(readFileSync(graphPath)).digest('hex');
  if (sha256 !== card.graph.sha256) return undefined;
  try {
    return JSON.parse(readFileSync(reportPath(modelsDir, card.id), 'utf8'));
  } catch {
    return undefined;
  }
}

export function findVariant(original: Space, recipe: string, modelsDir: string): Variant | undefined {
  for (const { space } of readCardFiles(modelsDir)) {
    const made = space?.card.quantised;
    if (space && made?.recipe === recipe && made.fromFingerprint === original.fingerprint)
      return { space, report: readReport(space, modelsDir) };
  }
  return undefined;
}

/** The first version after the original's that no card has. */
export function nextVersion({ card }: Space, modelsDir: string): number {
  const taken = new Set(readCardFiles(modelsDir).map(({ id }) => id));
  let version = card.version + 1;
  while (taken.has(`${card.model}-${version}`)) version++;
  return version;
}
