// SPDX-License-Identifier: Apache-2.0
import type { Spool } from './core/spool-port.ts';
import { spoolStream } from './decode/index.ts';

/** Uploads as files of one private directory, each gone when its request is done. */
export function createDirectorySpool(dir: string): Spool {
  return {
    hold: async (source, { maxBytes, signal }, use) => {
      const file = await spoolStream(source, { maxBytes, signal, dir }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
      try {
        return await use(file);
      } finally {
        await file.remove();
      }
    },
  };
}
