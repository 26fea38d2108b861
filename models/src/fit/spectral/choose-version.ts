// SPDX-License-Identifier: Apache-2.0
import { spectralId } from '../../build/spaces/spectral/card.ts';
import type { Card } from '../../card.ts';
import { sumFile } from '../../importers/published-file.ts';
import { type CardFile, readCardFiles } from '../../registry.ts';
import { FitError } from '../fit-error.ts';

interface Wanted {
  readonly modelsDir: string;
  /** Without it the next free one. */
  readonly version?: number;
}

interface Choice {
  readonly card: Card;
  readonly isNew: boolean;
}

async function hasItsGraph({ space }: CardFile): Promise<boolean> {
  if (!space) return false;
  return sumFile(space.graphPath).then(
    ({ sha256 }) => sha256 === space.card.graph.sha256,
    () => false,
  );
}

const versionOf = (id: string): number => Number(/^spectral-(\d+)$/.exec(id)?.[1] ?? 0);

/**
 * The version a fit becomes: that of an earlier fit with the very same constants, the one asked for, or the next free one.
 * @param makeCard of a version
 * @throws FitError MODEL_EXISTS when the version asked for belongs to something else
 */
export async function chooseVersion(
  { modelsDir, version }: Wanted,
  makeCard: (version: number) => Card,
): Promise<Choice> {
  const files = readCardFiles(modelsDir);
  const next = version ?? 1 + Math.max(...files.map(({ id }) => versionOf(id)));
  const card = makeCard(next);
  const isSame = ({ space }: CardFile): boolean => space?.card.fit?.constants === card.fit?.constants;
  const same = files.find((file) => isSame(file) && (version === undefined || file.id === spectralId(version)));
  if (same?.space && (await hasItsGraph(same))) return { card: same.space.card, isNew: false };
  const taken = files.find(({ id }) => id === card.id);
  if (taken && taken !== same)
    throw new FitError('MODEL_EXISTS', `${card.id} is known already, fitted to something else (${taken.path})`);
  return { card: same?.space ? makeCard(same.space.card.version) : card, isNew: true };
}
