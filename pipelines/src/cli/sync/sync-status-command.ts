// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import { createElasticsearchDeadLetters } from '../../adapters/elasticsearch-dead-letters.ts';
import { lastRuns } from '../../adapters/elasticsearch-run-log.ts';
import { readSyncLease } from '../../adapters/elasticsearch-sync-lease.ts';
import { DEFAULT_SOURCE_ID } from '../../adapters/object-store.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { isOpenFailure } from '../../core/sync/record-failure.ts';
import type { Action } from '../command-context.ts';

const RUNS_SHOWN = 5;

/** `earshot sync status`: who runs, what the last runs did, what failed. Needs neither source nor service. */
export const syncStatus: Action = async ({ config, elasticsearch, reporter }) => {
  const client = await elasticsearch();
  const { library } = config;
  const source = DEFAULT_SOURCE_ID;
  const spaces = await Promise.all(
    config.space.map(async (space) => {
      const of = { client, library, space, source };
      const [lease, runs, letters] = await Promise.all([
        readSyncLease(of),
        lastRuns(client, of, RUNS_SHOWN),
        createElasticsearchDeadLetters({ ...of, fingerprint: '' }).load(),
      ]);
      const failures = [...letters.values()].filter(isOpenFailure).length;
      return { space, source_root: lease?.source_root, lease, runs, failures };
    }),
  );
  await client.close();
  const table = new Table({ head: ['space', 'run', 'started', 'state', 'counts'], style: { head: [], border: [] } });
  for (const { space, runs } of spaces)
    for (const run of runs) table.push([space, run.run, run.started_at, run.state, JSON.stringify(run.counts ?? {})]);
  const lines = spaces.map(({ space, lease, failures }) => {
    const holder = lease?.state === 'held' ? `held by ${lease.owner} (run ${lease.run_id})` : 'no run under way';
    return `${space}: ${holder}; ${failures} unresolved failure(s); source ${lease?.source_root ?? 'never synced'}`;
  });
  reporter.result({ library, source, spaces }, [...lines, table.toString()].join('\n'));
  return EXIT.done;
};
