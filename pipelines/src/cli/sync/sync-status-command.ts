// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import Table from 'cli-table3';
import { createElasticsearchDeadLetters } from '../../adapters/elasticsearch-dead-letters.ts';
import { lastRuns } from '../../adapters/elasticsearch-run-log.ts';
import { readSyncLease } from '../../adapters/elasticsearch-sync-lease.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { isOpenFailure } from '../../core/sync/record-failure.ts';
import type { LeaseDocument } from '../../ports/sync-lease.ts';
import type { Action } from '../command-context.ts';
import { selectSources } from './each-source.ts';

const RUNS_SHOWN = 5;

function describeHolders({ holders, shards }: LeaseDocument): string {
  const held = holders.map(({ shard, owner, run_id }) => {
    const part = shards === 1 ? 'held' : `shard ${shard}/${shards} held`;
    return `${part} by ${owner} (run ${run_id})`;
  });
  return held.join(', ');
}

async function readStatus(client: Client, { id: source, library, spaces: ids }: SourceSettings) {
  const spaces = await Promise.all(
    ids.map(async (space) => {
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
  return { library, source, spaces };
}

function describeStatus({ source, library, spaces }: Awaited<ReturnType<typeof readStatus>>): string {
  const head = ['space', 'shard', 'run', 'started', 'state', 'counts'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { space, runs } of spaces)
    for (const run of runs)
      table.push([space, run.shard ?? 'all', run.run, run.started_at, run.state, JSON.stringify(run.counts ?? {})]);
  const lines = spaces.map(({ space, lease, failures }) => {
    const holder = lease?.state === 'held' ? describeHolders(lease) : 'no run under way';
    const root = lease?.source_root ?? 'never synced';
    return `${source} → ${library} ${space}: ${holder}; ${failures} unresolved failure(s); source ${root}`;
  });
  return [...lines, table.toString()].join('\n');
}

/** `earshot sync status`: who runs, what the last runs did, what failed. Needs neither source nor service. */
export const syncStatus: Action = async (context, names) => {
  const sources = selectSources(context, names);
  const client = await context.elasticsearch();
  const all = await Promise.all(sources.map((source) => readStatus(client, source)));
  await client.close();
  const [only] = all;
  const json = only && all.length === 1 ? only : { sources: all };
  context.reporter.result(json, all.map(describeStatus).join('\n'));
  return EXIT.done;
};
