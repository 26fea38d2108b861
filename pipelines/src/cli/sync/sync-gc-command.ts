// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { countDeleted, type Purged, purgeDeleted } from '../../core/sync/purge-deleted.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { forEachSource } from './each-source.ts';
import { newRunId } from './execute-run.ts';
import { acquireLeases } from './sync-leases.ts';
import type { GcFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

interface SourceGc {
  readonly source: string;
  readonly before: string;
  readonly spaces: readonly Purged[];
}

async function purge(run: SyncRun, before: string, flags: GcFlags): Promise<readonly Purged[]> {
  const found = await Promise.all(run.targets.map((target) => countDeleted(run, target, before)));
  const total = found.reduce((sum, count) => sum + count, 0);
  const untouched = run.targets.map(({ index }, i) => ({
    space: index.space,
    found: found[i] ?? 0,
    purged: 0,
    kept: 0,
    failed: 0,
  }));
  if (flags.dryRun || total === 0) return untouched;
  const question = `${total} documents of source ${run.store.id} were soft-deleted before ${before}. Delete them for good?`;
  if (!flags.yes && !(await confirm(question)))
    throw new EarshotError('GUARD_REFUSED', `Nothing was deleted. ${question}`, {
      remedy: 'Repeat with --yes to delete them, or with --dry-run to count only.',
    });
  const purged: Purged[] = [];
  for (const target of run.targets) purged.push(await purgeDeleted(run, target, before));
  return purged;
}

async function gcSource(context: CommandContext, source: SourceSettings, flags: GcFlags): Promise<SourceGc> {
  const before = new Date(Date.now() - flags.olderThan * 1000).toISOString();
  const session = await openSyncSession(context, source);
  const runId = newRunId();
  const leases = await acquireLeases({ context, session, flags, runId });
  try {
    const { runSeqs, lost } = leases;
    const run = await makeSyncRun({ context, session, flags, runId, runSeqs, lost });
    return { source: source.id, before, spaces: await purge(run, before, flags) };
  } finally {
    await leases.release();
    await session.client.close();
  }
}

const describe = ({ source, before, spaces }: SourceGc): string =>
  spaces
    .map(
      ({ space, found, purged, kept, failed }) =>
        `${source} ${space}: ${found} soft-deleted before ${before}; ${purged} deleted for good, ${kept} kept (there again), ${failed} failed`,
    )
    .join('\n');

/** `earshot sync gc`: deletes for good what was soft-deleted long ago. */
export const syncGc: Action = async (context, names, options) => {
  const done: SourceGc[] = [];
  const { exitCode } = await forEachSource(context, names, async (source) => {
    const one = await gcSource(context, source, options as unknown as GcFlags);
    done.push(one);
    return one.spaces.some(({ failed }) => failed > 0) ? EXIT.itemsFailed : EXIT.done;
  });
  context.reporter.result({ sources: done }, done.map(describe).join('\n'));
  return exitCode;
};
