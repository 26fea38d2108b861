// SPDX-License-Identifier: Apache-2.0
import type { Observer } from './core/observer-port.ts';
import { ServiceError } from './core/service-error.ts';
import type { Spool } from './core/spool-port.ts';
import { spoolStream } from './decode/index.ts';

const RETRY_AFTER_SECONDS = 2;

export interface DirectorySpoolOptions {
  readonly dir: string;
  /** Bytes of all uploads together; one that would exceed them is refused with queue_full. */
  readonly maxTotalBytes: number;
  readonly observer: Pick<Observer, 'onStage'>;
}

/** Uploads as files of one private directory, each gone when its request is done. */
export function createDirectorySpool({ dir, maxTotalBytes, observer }: DirectorySpoolOptions): Spool {
  let totalBytes = 0;
  const isFull = (bytes: number): ServiceError | undefined =>
    totalBytes + bytes <= maxTotalBytes
      ? undefined
      : new ServiceError('queue_full', 'The uploads in hand fill the spool', {
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
  return {
    reserve: (bytes) => {
      const full = isFull(bytes);
      if (full) throw full;
      totalBytes += bytes;
      return () => {
        totalBytes -= bytes;
      };
    },
    hold: async (source, { maxBytes, signal }, use) => {
      const startedAt = performance.now();
      let bytes = 0;
      const onChunk = (size: number): Error | undefined => {
        const full = isFull(size);
        if (full) return full;
        bytes += size;
        totalBytes += size;
        return undefined;
      };
      try {
        const file = await spoolStream(source, { maxBytes, signal, dir, onChunk }).catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error;
        });
        observer.onStage('upload', startedAt, performance.now());
        return await use(file).finally(() => file.remove());
      } finally {
        totalBytes -= bytes;
      }
    },
  };
}
