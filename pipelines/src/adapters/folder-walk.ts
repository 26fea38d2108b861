// SPDX-License-Identifier: Apache-2.0
import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Entry } from '../ports/object-store.ts';

/** Collects what stood in the way of seeing everything. */
export interface WalkFindings {
  directories: number;
  /** Places that could not be read: the listing is not complete. */
  readonly unreadable: string[];
  /** Names that no key can hold. */
  notUtf8: number;
}

/** Identity of a file's content as far as a folder can tell it: size and modification time in ns. */
export const pseudoEtag = (stat: { readonly size: bigint; readonly mtimeNs: bigint }): string =>
  `${stat.size}-${stat.mtimeNs}`;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A directory counts as `name/`, so that the walk gives keys in byte order: `a-1`, `a.txt`, then `a/b`. */
function sortKeyOf(dirent: Dirent<Buffer>): Buffer {
  return dirent.isDirectory() ? Buffer.concat([dirent.name, Buffer.from('/')]) : dirent.name;
}

async function readSorted(path: string, findings: WalkFindings): Promise<Dirent<Buffer>[]> {
  try {
    findings.directories++;
    const dirents = await readdir(path, { withFileTypes: true, encoding: 'buffer' });
    return dirents
      .map((dirent) => ({ dirent, sortKey: sortKeyOf(dirent) }))
      .sort((a, b) => Buffer.compare(a.sortKey, b.sortKey))
      .map(({ dirent }) => dirent);
  } catch (error) {
    findings.unreadable.push(`${path}: ${(error as Error).message}`);
    return [];
  }
}

async function readEntry(path: string, key: string, findings: WalkFindings): Promise<Entry | undefined> {
  try {
    const stat = await lstat(path, { bigint: true });
    if (!stat.isFile()) return undefined;
    return { key, size: Number(stat.size), etag: pseudoEtag(stat), modified: stat.mtime.toISOString() };
  } catch (error) {
    if (!isMissing(error)) findings.unreadable.push(`${path}: ${(error as Error).message}`);
    return undefined;
  }
}

/** Files below a folder in byte order of their keys; links are not followed. Faults go to `findings`. */
export async function* walkFolder(path: string, prefix: string, findings: WalkFindings): AsyncGenerator<Entry> {
  for (const dirent of await readSorted(path, findings)) {
    if (!isUtf8(dirent.name)) {
      findings.notUtf8++;
      continue;
    }
    const name = dirent.name.toString('utf8');
    if (dirent.isDirectory()) yield* walkFolder(join(path, name), `${prefix}${name}/`, findings);
    if (!dirent.isFile()) continue;
    const entry = await readEntry(join(path, name), `${prefix}${name}`, findings);
    if (entry) yield entry;
  }
}
