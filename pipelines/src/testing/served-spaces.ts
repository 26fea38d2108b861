// SPDX-License-Identifier: Apache-2.0
import { makeTempDir } from '@earshot/e2e/support';
import { loadSpaces } from '@earshot/models/registry';
import type { ServedSpace } from './inference-stand-in.ts';

/** Spaces as the service would offer them, from their cards: the shipped ones, and those of a models folder. */
export function servedSpaces(ids: readonly string[], modelsDir = makeTempDir('no-models')): ServedSpace[] {
  const known = loadSpaces(modelsDir);
  return ids.map((id) => {
    const space = known.get(id);
    if (!space) throw new Error(`no card of ${id}`);
    return { id, fingerprint: space.fingerprint, dims: space.card.dims };
  });
}
