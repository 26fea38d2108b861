// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { QuantiseError } from '../quantise-error.ts';

export interface Recording {
  /** From the folder, with slashes. */
  readonly name: string;
  readonly path: string;
  /** sha256 of the file, hex. */
  readonly sha256: string;
  /** First folder of the name; undefined for files that lie in the folder itself. */
  readonly label: string | undefined;
}

const sum = (text: string): string => createHash('sha256').update(text).digest('hex');

async function sumFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function filesOf(folder: string): string[] {
  try {
    if (!statSync(folder).isDirectory()) throw new Error('it is not a folder');
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new QuantiseError('CALIBRATION_UNUSABLE', `${folder} cannot be read: ${reason}`, cause);
  }
}

/**
 * Files below a folder in an order that is the same everywhere and has nothing to do with their names: by a sum over the
 * name. Of files with the same bytes the first alone is kept, for a copy on the other side of a split would be no test.
 * @param limit how many are looked at; reading them all would take long in a large collection
 * @throws QuantiseError CALIBRATION_UNUSABLE when there is no such folder
 */
export async function chooseRecordings(folder: string, limit: number): Promise<Recording[]> {
  const names = filesOf(folder)
    .map((name) => ({ name, order: sum(name) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, limit);
  const known = new Set<string>();
  const recordings: Recording[] = [];
  for (const { name } of names) {
    const path = join(folder, name);
    const sha256 = await sumFile(path);
    if (known.has(sha256)) continue;
    known.add(sha256);
    recordings.push({ name, path, sha256, label: name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined });
  }
  return recordings;
}
