// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import { createElasticsearchDeadLetters } from '../../adapters/elasticsearch-dead-letters.ts';
import { lastRuns } from '../../adapters/elasticsearch-run-log.ts';
import { readSyncLease } from '../../adapters/elasticsearch-sync-lease.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { isOpenFailure } from '../../core/sync/record-failure.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import type { Action } from '../command-context.ts';
import { describeStatus, type FailureKind, nextSteps, type SourceStatus } from './describe-status.ts';
import { selectSources } from './each-source.ts';

const RUNS_SHOWN = 5;

/** The most frequent first. */
function groupFailures(letters: Iterable<DeadLetter>): FailureKind[] {
  const kinds = new Map<string, FailureKind>();
  for (const letter of letters) {
    if (!isOpenFailure(letter)) continue;
    const { stage, code, retryable } = letter;
    const id = `${stage} ${code} ${retryable}`;
    kinds.set(id, { stage, code, retryable, count: (kinds.get(id)?.count ?? 0) + 1 });
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count);
}

async function readStatus(client: Client, { id: source, library, spaces: ids }: SourceSettings): Promise<SourceStatus> {
  const spaces = await Promise.all(
    ids.map(async (space) => {
      const of = { client, library, space, source };
      const [lease, runs, letters] = await Promise.all([
        readSyncLease(of),
        lastRuns(client, of, RUNS_SHOWN),
        createElasticsearchDeadLetters({ ...of, fingerprint: '' }).load(),
      ]);
      const failures_by = groupFailures(letters.values());
      const failures = failures_by.reduce((sum, { count }) => sum + count, 0);
      return { space, source_root: lease?.source_root, lease, runs, failures, failures_by };
    }),
  );
  return { library, source, spaces };
}

/** `earshot sync status`: who runs and how far, what the last runs did, what failed. Needs neither source nor service. */
export const syncStatus: Action = async (context, names) => {
  const sources = selectSources(context, names);
  const client = await context.elasticsearch();
  const all = await Promise.all(sources.map((source) => readStatus(client, source)));
  await client.close();
  const [only] = all;
  const told = all.map((status) => ({ ...status, next: nextSteps(status) }));
  context.reporter.result(
    only && all.length === 1 ? { ...told[0] } : { sources: told },
    all.map(describeStatus).join('\n'),
  );
  return EXIT.done;
};
