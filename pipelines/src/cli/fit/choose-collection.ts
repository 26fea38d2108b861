// SPDX-License-Identifier: Apache-2.0
import { basename, resolve } from 'node:path';
import { type Config, loadConfig } from '../../config/load-config.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { flagsOf } from '../run-action.ts';

/** The recordings to fit to. */
export interface FitCollection {
  /** Named in card and report. */
  readonly name: string;
  readonly sources: readonly SourceSettings[];
}

type Options = Readonly<Record<string, unknown>>;

/** The sources as if `changes` had been on the command line; undefined takes a flag away. */
function sourcesWith(options: Options, changes: Readonly<Record<string, string | undefined>>): Config['sources'] {
  const flags = flagsOf({ ...options, ...changes });
  return loadConfig(flags, process.env, options.config as string | undefined).config.sources;
}

function configuredSources(options: Options, { config }: { readonly config: Config }): Config['sources'] {
  const isOneGiven = typeof options.source === 'string' || Boolean(process.env.EARSHOT_SOURCE);
  if (config.sources.length > 0) return isOneGiven ? config.sources : sourcesWith(options, { library: undefined });
  throw new EarshotError('SOURCE_MISSING', 'No source is set', {
    remedy: 'Name a folder with --dir, or set EARSHOT_SOURCE or the sources of earshot.yaml.',
  });
}

/**
 * A folder (`--dir`), or every source of a library. `--library` chooses among the sources here; elsewhere it says which
 * library all of them go to.
 * @throws EarshotError SOURCE_MISSING, USAGE
 */
export function chooseCollection(options: Options, loaded: { readonly config: Config }): FitCollection {
  const named = typeof options.library === 'string' ? options.library : undefined;
  if (typeof options.dir === 'string') {
    const sources = sourcesWith(options, { source: options.dir });
    return { name: named ?? basename(resolve(options.dir)), sources };
  }
  const sources = configuredSources(options, loaded);
  const known = [...new Set(sources.map(({ library }) => library))];
  const [only] = known;
  const name = named ?? (known.length === 1 ? only : undefined);
  const chosen = sources.filter(({ library }) => library === name);
  if (name !== undefined && chosen.length > 0) return { name, sources: chosen };
  const problem =
    name === undefined ? 'The sources belong to several libraries' : `No source belongs to the library ${name}`;
  throw new EarshotError('USAGE', problem, { remedy: `Choose with --library: ${known.join(', ')}.` });
}
