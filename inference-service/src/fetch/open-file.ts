// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FetchRefusal } from './fetch-refusal.ts';
import { isInside } from './file-root.ts';

/** The last step must be no link, and a pipe must not block. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What was opened is still what the vetted path names: no folder of it was exchanged for a link meanwhile. */
async function assertSame(handle: FileHandle, path: string): Promise<void> {
  const [opened, named, now] = await Promise.all([handle.stat(), lstat(path), realpath(path)]);
  if (now !== path || opened.ino !== named.ino || opened.dev !== named.dev)
    throw new FetchRefusal('fetch_failed', 'the file was exchanged while it was opened');
}

interface FileRequest {
  readonly path: string;
  readonly root: string;
  readonly maxBytes: number;
}

/** A regular file that lies below the root once every link is followed. */
export async function openFile({ path, root, maxBytes }: FileRequest): Promise<Readable> {
  const real = await realpath(path);
  if (!isInside(real, await realpath(root))) throw new FetchRefusal('fetch_failed', 'a link leads out of the folder');
  const handle = await open(real, FLAGS);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new FetchRefusal('fetch_failed', 'not a regular file');
    if (stats.size > maxBytes) throw new FetchRefusal('audio_too_large', `${stats.size} bytes`);
    await assertSame(handle, real);
    return handle.createReadStream();
  } catch (error) {
    await handle.close();
    throw error;
  }
}
