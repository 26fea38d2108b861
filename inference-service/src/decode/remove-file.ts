// SPDX-License-Identifier: Apache-2.0
import { unlink } from 'node:fs/promises';

/** Deletes a file that may be gone already. `rm` would look first what it is, for every recording. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
