// SPDX-License-Identifier: Apache-2.0
import { parseFileRoot } from './file-root.ts';
import { type ObjectEntry, parseObjectEntry } from './object-entry.ts';
import { parseWebEntry, type WebEntry } from './web-entry.ts';

/** Places recordings may be fetched from. */
export interface AllowList {
  readonly web: readonly WebEntry[];
  readonly objects: readonly ObjectEntry[];
  /** Folders. */
  readonly roots: readonly string[];
}

export const isEmptyList = ({ web, objects, roots }: AllowList): boolean =>
  web.length + objects.length + roots.length === 0;

function addEntry(list: { web: WebEntry[]; objects: ObjectEntry[]; roots: string[] }, text: string): void {
  const scheme = /^([a-z\d]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') list.web.push(parseWebEntry(text));
  else if (scheme === 's3') list.objects.push(parseObjectEntry(text));
  else if (scheme === 'file') list.roots.push(parseFileRoot(text));
  else throw new Error('must begin with https://, http://, s3:// or file:/');
}

/**
 * A list of `https://host[:port][/prefix]`, `http://…`, `s3://bucket[/prefix]`, `file:/absolute/folder`, separated by
 * commas. Empty: nothing is fetched.
 * @throws Error naming every entry that cannot be used
 */
export function parseAllowList(text: string): AllowList {
  const list = { web: [], objects: [], roots: [] };
  const problems: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    try {
      addEntry(list, entry);
    } catch (error) {
      problems.push(`${JSON.stringify(entry)} ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return list;
}
