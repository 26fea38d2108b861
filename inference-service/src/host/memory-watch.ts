// SPDX-License-Identifier: Apache-2.0

/** Growth that is normal: input, output and intermediate tensors of the batches to come. */
const HEADROOM_BYTES = 512 * 1024 * 1024;

export interface MemoryWatch {
  /**
   * @param rssBytes resident memory now
   * @returns `high`: more than it may have; `hopeless`, once: so much just after loading that a new host would be no better
   */
  judge(rssBytes: number): 'fine' | 'high' | 'hopeless';
  /** Another space was opened: a limit that follows from what is loaded follows from what comes next. */
  reset(): void;
}

/** Judges the memory of one host. @param limitBytes 0: never high; undefined: twice what there is after loading, and 512 MiB */
export function createMemoryWatch(limitBytes: number | undefined): MemoryWatch {
  let limit: number | undefined;
  return {
    judge: (rssBytes) => {
      const isFirst = limit === undefined;
      limit ??= limitBytes ?? 2 * rssBytes + HEADROOM_BYTES;
      if (limit === 0 || rssBytes <= limit) return 'fine';
      if (!isFirst) return 'high';
      limit = 0;
      return 'hopeless';
    },
    reset: () => {
      if (limitBytes === undefined) limit = undefined;
    },
  };
}
