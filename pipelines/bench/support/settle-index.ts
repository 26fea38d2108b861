// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@elastic/elasticsearch';

const QUIET_SECONDS = 5;

/** Segments that searches see. */
export async function segmentCount(client: Client, index: string): Promise<number> {
  const { indices } = await client.indices.segments({ index });
  const shards = Object.values(indices).flatMap(({ shards }) => Object.values(shards).flat());
  return shards.flatMap(({ segments }) => Object.values(segments)).filter(({ search }) => search).length;
}

/** Waits until Elasticsearch has merged what it merges by itself. @returns seconds waited */
export async function settleIndex(client: Client, index: string): Promise<number> {
  const since = performance.now();
  for (let quiet = 0; quiet < QUIET_SECONDS; ) {
    await sleep(1000);
    const { _all: all } = await client.indices.stats({ index, metric: 'merge' });
    quiet = (all.primaries?.merges?.current ?? 0) === 0 ? quiet + 1 : 0;
  }
  // Searches see merged segments from the next refresh on, and what was merged is removed by the next flush.
  await client.indices.refresh({ index });
  await client.indices.flush({ index });
  return (performance.now() - since) / 1000;
}
