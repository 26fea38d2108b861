// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import { createElasticsearchDeadLetters } from '../../adapters/elasticsearch-dead-letters.ts';
import { DEFAULT_SOURCE_ID } from '../../adapters/object-store.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { listKeys } from '../../core/sync/cut-listing.ts';
import { isOpenFailure } from '../../core/sync/record-failure.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import type { Action } from '../command-context.ts';
import { executeRun, newRunId } from './execute-run.ts';
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

/** `earshot sync failures list`: what failed, at which stage, why. */
export const failuresList: Action = async ({ config, elasticsearch, reporter }, _args, options) => {
  const client = await elasticsearch();
  const { library } = config;
  const perSpace = await Promise.all(
    config.space.map(async (space) => {
      const of = { client, library, space, source: DEFAULT_SOURCE_ID, fingerprint: '' };
      const letters = await createElasticsearchDeadLetters(of).load();
      return [...letters.values()].filter((one) => isSelected(one, options)).map((letter) => ({ space, ...letter }));
    }),
  );
  await client.close();
  const failures = perSpace.flat();
  const table = new Table({ head: ['space', 'id', 'key', 'stage', 'code', 'reason'], style: { head: [], border: [] } });
  for (const { space, id, key, stage, code, message } of failures) table.push([space, id, key, stage, code, message]);
  reporter.result({ failures }, failures.length > 0 ? table.toString() : 'No failures.');
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

/** `earshot sync failures retry`: tries the failures again, and nothing else. */
export const failuresRetry: Action = async (context, _args, options) => {
  const session = await openSyncSession(context);
  const runId = newRunId();
  const leases = await acquireLeases({ context, session, flags: {}, runId });
  try {
    const { runSeqs, lost } = leases;
    const run = await makeSyncRun({ context, session, flags: { maxDelete: 0 }, runId, runSeqs, lost });
    return await executeRun(context, session.client, onlyFailures(run, options));
  } finally {
    await leases.release();
    await session.client.close();
  }
};
