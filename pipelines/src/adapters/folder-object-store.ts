// SPDX-License-Identifier: Apache-2.0
import { constants, existsSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EarshotError } from '../core/earshot-error.ts';
import {
  type Entry,
  type FetchedObject,
  type GetOptions,
  type ListEvent,
  type ObjectStore,
  ObjectStoreError,
} from '../ports/object-store.ts';
import { pseudoEtag, type WalkFindings, walkFolder } from './folder-walk.ts';

interface Options {
  readonly id: string;
  readonly folder: string;
}

function realRoot(folder: string): string {
  const path = resolve(folder);
  if (!existsSync(path)) throw new EarshotError('SOURCE_UNREADABLE', `The source folder ${path} does not exist`);
  if (!statSync(path).isDirectory()) throw new EarshotError('SOURCE_UNREADABLE', `The source ${path} is not a folder`);
  return realpathSync(path);
}

function troubleOf(error: unknown, key: string): ObjectStoreError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP')
    return new ObjectStoreError('vanished', `${key} is no longer there`, error);
  if (code === 'EACCES' || code === 'EPERM') return new ObjectStoreError('denied', `${key} may not be read`, error);
  return new ObjectStoreError('unavailable', `${key}: ${message}`, error);
}

function reasonOf(findings: WalkFindings): string | undefined {
  const [first] = findings.unreadable;
  if (first) return `${findings.unreadable.length} place(s) could not be read, first ${first}`;
  return findings.notUtf8 > 0 ? `${findings.notUtf8} name(s) are not UTF-8 and were left out` : undefined;
}

async function openListed(path: string, entry: Entry): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await handle.stat({ bigint: true });
  if (!entry.etag || pseudoEtag(stat) === entry.etag) return handle;
  await handle.close();
  throw new ObjectStoreError('changed', `${entry.key} changed since it was listed`);
}

/**
 * A folder as an object store: keys are paths below it with `/`, in byte order; links are not followed;
 * the ETag is size and modification time in nanoseconds.
 * @throws EarshotError SOURCE_UNREADABLE when there is no such folder
 */
export function createFolderObjectStore({ id, folder }: Options): ObjectStore {
  const root = realRoot(folder);
  /** Keys come from listings and from stored documents: none may lead out of the folder. */
  const pathOf = (key: string): string => {
    const path = join(root, key);
    if (!path.startsWith(root === sep ? sep : root + sep))
      throw new ObjectStoreError('denied', `${key} leads out of ${root}`);
    return path;
  };

  async function* list({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<ListEvent> {
    const findings: WalkFindings = { directories: 0, unreadable: [], notUtf8: 0 };
    let count = 0;
    for await (const entry of walkFolder(root, '', findings)) {
      if (signal.aborted) break;
      count++;
      yield { type: 'entry', entry };
    }
    const reason = signal.aborted ? 'interrupted' : reasonOf(findings);
    const complete = !signal.aborted && findings.unreadable.length === 0;
    yield { type: 'end', complete, sorted: true, pages: findings.directories, count, ...(reason ? { reason } : {}) };
  }

  async function get(entry: Entry, { signal, range }: GetOptions): Promise<FetchedObject> {
    signal.throwIfAborted();
    try {
      const handle = await openListed(pathOf(entry.key), entry);
      const length = range ? range.end - range.start + 1 : entry.size;
      return { body: handle.createReadStream({ signal, ...range }), length };
    } catch (error) {
      throw error instanceof ObjectStoreError ? error : troubleOf(error, entry.key);
    }
  }

  async function head(key: string): Promise<Entry | null> {
    try {
      const stat = await lstat(pathOf(key), { bigint: true });
      if (!stat.isFile()) return null;
      return { key, size: Number(stat.size), etag: pseudoEtag(stat), modified: stat.mtime.toISOString() };
    } catch (error) {
      const trouble = error instanceof ObjectStoreError ? error : troubleOf(error, key);
      if (trouble.trouble === 'vanished') return null;
      throw trouble;
    }
  }

  return { id, root, prefix: '', uriOf: (key) => pathToFileURL(join(root, key)).href, list, get, head };
}
