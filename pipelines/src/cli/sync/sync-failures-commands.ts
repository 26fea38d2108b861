// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import Table from 'cli-table3';
import { createElasticsearchDeadLetters } from '../../adapters/elasticsearch-dead-letters.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { listKeys } from '../../core/sync/cut-listing.ts';
import { isOpenFailure } from '../../core/sync/record-failure.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { selectSources } from './each-source.ts';
import { executeRun, newRunId } from './execute-run.ts';
import { runSources } from './run-sources.ts';
import { acquireLeases } from './sync-leases.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

interface Selection {
  readonly id?: readonly string[];
  readonly code?: readonly string[];
  readonly key?: readonly string[];
}

function isSelected(letter: DeadLetter, { id, code, key }: Selection): boolean {
  const fits = (wanted: readonly string[] | undefined, value: string): boolean => !wanted || wanted.includes(value);
  return isOpenFailure(letter) && fits(id, letter.id) && fits(code, letter.code) && fits(key, letter.key);
}

async function selectedFailures(client: Client, { id: source, library, spaces }: SourceSettings, selection: Selection) {
  const perSpace = await Promise.all(
    spaces.map(async (space) => {
      const letters = await createElasticsearchDeadLetters({ client, library, space, source, fingerprint: '' }).load();
      return [...letters.values()]
        .filter((one) => isSelected(one, selection))
        .map((letter) => ({ source, space, ...letter }));
    }),
  );
  return perSpace.flat();
}

/** `earshot sync failures list`: what failed, at which stage, why. */
export const failuresList: Action = async (context, names, options) => {
  const sources = selectSources(context, names);
  const client = await context.elasticsearch();
  const failures = (await Promise.all(sources.map((one) => selectedFailures(client, one, options)))).flat();
  await client.close();
  const head = ['source', 'space', 'id', 'key', 'stage', 'code', 'reason'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { source, space, id, key, stage, code, message } of failures)
    table.push([source, space, id, key, stage, code, message]);
  context.reporter.result({ failures }, failures.length > 0 ? table.toString() : 'No failures.');
  return EXIT.done;
};

/** Only the failed objects, each asked for by name, in the spaces where they failed. */
function onlyFailures(run: SyncRun, selection: Selection): SyncRun {
  const keys = new Set<string>();
  const targets = run.targets.map((target) => {
    const chosen = [...target.known].filter(([, letter]) => isSelected(letter, selection));
    for (const [key] of chosen) keys.add(key);
    return { ...target, known: new Map(chosen) };
  });
  const close = async (key: string): Promise<void> => {
    for (const { known, letters } of targets) {
      const letter = known.get(key);
      if (letter) await letters.resolve(letter.id);
    }
  };
  const settings = { ...run.settings, retryKnown: true, isPartial: true };
  return { ...run, targets, settings, listing: () => listKeys(run.store, [...keys], close) };
}

async function retrySource(context: CommandContext, source: SourceSettings, selection: Selection) {
  const session = await openSyncSession(context, source);
  const runId = newRunId();
  const leases = await acquireLeases({ context, session, flags: {}, runId });
  try {
    const { runSeqs, lost } = leases;
    const run = await makeSyncRun({ context, session, flags: {}, runId, runSeqs, lost });
    const summary = await executeRun(context, session.client, onlyFailures(run, selection));
    return { summary, exitCode: summary.exit_code };
  } finally {
    await leases.release();
    await session.client.close();
  }
}

/** `earshot sync failures retry`: tries the failures again, and nothing else. */
export const failuresRetry: Action = (context, names, options) =>
  runSources(context, names, (source) => retrySource(context, source, options));
