// SPDX-License-Identifier: Apache-2.0
import { loadSpaces, type Space } from '@earshot/models/registry';
import type { Config } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';

/** The spaces named in the settings, with their cards. @throws EarshotError SPACE_UNKNOWN naming what is known */
export function configuredSpaces({ space, modelsDir }: Pick<Config, 'space' | 'modelsDir'>): Space[] {
  const known = loadSpaces(modelsDir);
  return space.map((id) => {
    const found = known.get(id);
    if (found) return found;
    const list = [...known.keys()].join(', ') || 'none';
    throw new EarshotError('SPACE_UNKNOWN', `There is no embedding space ${id} here; known: ${list}`);
  });
}
