// SPDX-License-Identifier: Apache-2.0
import type { BucketContents, SimulatedObject } from '../../src/testing/simulated-bucket.ts';

const KEY = /^field\/(\d{9})\.wav$/;

/** `count` objects by rule: in byte order, each with an ETag of its own. Bodies are never asked for. */
export function madeUpContents(count: number, sizeOf = (_index: number) => 441_044): BucketContents {
  const at = (i: number): SimulatedObject => ({
    key: `field/${String(i).padStart(9, '0')}.wav`,
    size: sizeOf(i),
    etag: i.toString(16).padStart(32, '0'),
  });
  return {
    count,
    at,
    find: (key) => {
      const index = Number(KEY.exec(key)?.[1] ?? Number.NaN);
      return index < count ? at(index) : undefined;
    },
    bodyOf: () => [],
  };
}
