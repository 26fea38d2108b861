// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../../earshot-error.ts';
import { withoutEnding } from './list-files.ts';

/** Which song each hum means; undefined: one that is not in the collection. By key of the hum. */
export type Truth = ReadonlyMap<string, string | undefined>;

/** A line of a truth table: names as somebody wrote them. */
export interface TruthLine {
  readonly hum: string;
  /** Empty when the song is not in the collection. */
  readonly target: string;
}

const fileOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** `season/00012.wav` → `00012`. */
const nameOf = (key: string): string => withoutEnding(fileOf(key));

/** Finds a key by path or by file name, each with its ending or without, if only one answers to it. */
function createFinder(keys: readonly string[]): (written: string) => string | undefined {
  const found = new Map<string, string | null>();
  for (const key of keys)
    for (const name of new Set([key, withoutEnding(key), fileOf(key), nameOf(key)]))
      found.set(name, found.has(name) ? null : key);
  return (written) => found.get(written.trim().replace(/^\.?\//, '')) ?? undefined;
}

/** A hum means the target of the same name, in whatever folders they lie. @throws EarshotError USAGE naming two targets of one name */
export function matchByName(hums: readonly string[], targets: readonly string[]): Truth {
  const byName = new Map<string, string>();
  for (const target of targets) {
    const other = byName.get(nameOf(target));
    if (other !== undefined)
      throw new EarshotError('USAGE', `Two targets are called ${nameOf(target)}: ${other} and ${target}`, {
        remedy: 'Rename one, or say with --truth which hum means which: a table with the columns hum and target.',
      });
    byName.set(nameOf(target), target);
  }
  return new Map(hums.map((hum) => [hum, byName.get(nameOf(hum))]));
}

/**
 * Hums and targets by a table. A hum without a line is taken for one whose song is not in the collection.
 * @throws EarshotError USAGE naming what the folders do not hold, or hold twice
 */
export function matchByTable(
  lines: readonly TruthLine[],
  { hums, targets }: { readonly hums: readonly string[]; readonly targets: readonly string[] },
): Truth {
  const [humOf, targetOf] = [createFinder(hums), createFinder(targets)];
  const truth = new Map<string, string | undefined>(hums.map((hum) => [hum, undefined]));
  for (const line of lines) {
    const hum = humOf(line.hum);
    const target = line.target.trim() === '' ? undefined : targetOf(line.target);
    const [missing, where] = hum === undefined ? [line.hum, '--hums'] : [line.target, '--targets'];
    if (hum === undefined || (target === undefined && line.target.trim() !== ''))
      throw new EarshotError(
        'USAGE',
        `--truth names ${missing}, which ${where} does not hold, or holds more than once`,
        {
          remedy: 'Write paths below the folders; leave the target empty where the song is not in the collection.',
        },
      );
    truth.set(hum, target);
  }
  return truth;
}

/** Who hums: the folder a hum lies in. Undefined unless the folders of all hums name at least two. */
export function peopleOf(hums: readonly string[]): readonly string[] | undefined {
  const folders = hums.map((hum) => hum.slice(0, Math.max(0, hum.lastIndexOf('/'))));
  return new Set(folders).size > 1 && !folders.includes('') ? folders : undefined;
}
