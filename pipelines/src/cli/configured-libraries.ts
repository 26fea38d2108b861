// SPDX-License-Identifier: Apache-2.0
import type { LibrarySpace } from '@earshot/mappings';
import { loadSpaces, type Space } from '@earshot/models/registry';
import type { Config } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';

/** Every library with each of its spaces: those of the sources; without any, those of the settings. */
export function configuredLibraries({ sources, library, space }: Config): LibrarySpace[] {
  const collections = sources.length > 0 ? sources : [{ library, spaces: space }];
  const pairs = collections.flatMap((one) => one.spaces.map((id) => ({ library: one.library, space: id })));
  return [...new Map(pairs.map((pair) => [`${pair.library} ${pair.space}`, pair])).values()];
}

/** Libraries in which something is deleted softly. */
export function softDeletedLibraries({ sources, library, deleteMode }: Config): ReadonlySet<string> {
  if (sources.length === 0) return new Set(deleteMode === 'soft' ? [library] : []);
  return new Set(sources.filter(({ deletes }) => deletes.mode === 'soft').map((source) => source.library));
}

/** The spaces of all libraries, with their cards. @throws EarshotError SPACE_UNKNOWN naming what is known */
export function configuredSpaces(config: Config): Space[] {
  const known = loadSpaces(config.modelsDir);
  return [...new Set(configuredLibraries(config).map(({ space }) => space))].map((id) => {
    const found = known.get(id);
    if (found) return found;
    const list = [...known.keys()].join(', ') || 'none';
    throw new EarshotError('SPACE_UNKNOWN', `There is no embedding space ${id} here; known: ${list}`);
  });
}
