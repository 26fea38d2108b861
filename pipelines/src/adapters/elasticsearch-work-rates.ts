// SPDX-License-Identifier: Apache-2.0
import { type LibrarySpace, readAlias } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import type { WorkRates } from '../core/sync/plan-run.ts';
import { toEarshotError } from './elasticsearch-client.ts';
import { lastRuns } from './elasticsearch-run-log.ts';

interface Of extends LibrarySpace {
  readonly source: string;
}

const RUNS_LOOKED_AT = 20;

/** Seconds of sound a byte, over everything this index holds: recordings of one collection are coded alike. */
async function readDensity(client: Client, of: Of): Promise<number | undefined> {
  const answer = await client
    .search<unknown, { seconds: { value: number }; bytes: { value: number } }>({
      index: readAlias(of),
      size: 0,
      track_total_hits: false,
      aggs: { seconds: { sum: { field: 'audio.duration_ms' } }, bytes: { sum: { field: 'audio.size' } } },
    })
    .catch((error: unknown) => {
      throw toEarshotError(error, `summing up what ${readAlias(of)} holds`);
    });
  const { seconds, bytes } = answer.aggregations ?? {};
  return seconds?.value && bytes?.value ? seconds.value / 1000 / bytes.value : undefined;
}

/** Seconds of sound embedded a second, over the last runs that embedded anything. */
async function readSpeed(client: Client, of: Of): Promise<number | undefined> {
  const runs = await lastRuns(client, of, RUNS_LOOKED_AT);
  const worked = runs.filter(({ embedded_seconds = 0, duration_ms = 0 }) => embedded_seconds > 0 && duration_ms > 0);
  const sound = worked.reduce((sum, { embedded_seconds = 0 }) => sum + embedded_seconds, 0);
  const time = worked.reduce((sum, { duration_ms = 0 }) => sum + duration_ms / 1000, 0);
  return time > 0 ? sound / time : undefined;
}

/** What index and run documents tell about the work ahead. */
export async function readWorkRates(client: Client, of: Of): Promise<WorkRates> {
  const [audioSecondsPerByte, audioSecondsPerSecond] = await Promise.all([
    readDensity(client, of),
    readSpeed(client, of),
  ]);
  return {
    ...(audioSecondsPerByte === undefined ? {} : { audioSecondsPerByte }),
    ...(audioSecondsPerSecond === undefined ? {} : { audioSecondsPerSecond }),
  };
}
