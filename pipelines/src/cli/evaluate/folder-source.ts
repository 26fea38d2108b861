// SPDX-License-Identifier: Apache-2.0
import { resolveSources, type SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import type { CommandContext } from '../command-context.ts';

/** A folder as a source of its own, with the settings of the top level. */
export function folderSource({ loaded }: CommandContext, dir: string): SourceSettings {
  const { config, origins } = loaded;
  const [source] = resolveSources(
    { config: { ...config, source: dir }, origins: { ...origins, source: 'flag' } },
    { path: '' },
  );
  if (!source) throw new EarshotError('SOURCE_MISSING', 'No folder was named');
  return source;
}
