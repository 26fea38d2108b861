// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { cutListing } from '../../core/sync/cut-listing.ts';
import { guardDeletes } from '../../core/sync/delete-guard.ts';
import { emptyFindings, type PlanFindings, planWork } from '../../core/sync/plan-work.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { forEachSource } from './each-source.ts';
import { newRunId } from './execute-run.ts';
import type { SyncFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

function describeSpace(run: SyncRun, findings: PlanFindings, i: number) {
  const target = run.targets[i];
  const { end } = findings;
  const gone = findings.gone[i]?.length ?? 0;
  if (!target || !end) throw new Error('a plan without an end');
  const { unchanged, skipped, failed } = target.tally.counts();
  const situation = { end, stored: findings.stored[i] ?? 0, gone };
  return {
    space: target.index.space,
    new: findings.new[i] ?? 0,
    changed: findings.changed[i] ?? 0,
    unchanged,
    skipped,
    skipped_by: target.tally.skippedBy,
    failed_known: failed,
    gone,
    bytes: target.tally.plannedBytes,
    deletes: guardDeletes(situation, run.settings.deletes),
  };
}

interface SourcePlan {
  readonly source: string;
  readonly root: string;
  readonly library: string;
  readonly complete: boolean;
  readonly spaces: readonly ReturnType<typeof describeSpace>[];
}

function describePlan({ spaces }: SourcePlan): string {
  const table = new Table({
    head: ['space', 'new', 'changed', 'unchanged', 'skipped', 'known failures', 'gone', 'deletes'],
    style: { head: [], border: [] },
  });
  for (const one of spaces) {
    const deletes = 'reason' in one.deletes ? `${one.deletes.verdict}: ${one.deletes.reason}` : one.deletes.verdict;
    table.push([one.space, one.new, one.changed, one.unchanged, one.skipped, one.failed_known, one.gone, deletes]);
  }
  return table.toString();
}

async function planSource(context: CommandContext, source: SourceSettings, flags: SyncFlags) {
  const session = await openSyncSession(context, source);
  try {
    const made = await makeSyncRun({ context, session, flags, runId: newRunId() });
    const isCut = made.settings.isPartial;
    const run = isCut ? { ...made, listing: (signal: AbortSignal) => cutListing(made.listing(signal), flags) } : made;
    const findings = emptyFindings(run.targets);
    for await (const _work of planWork(run, findings)) if (context.signal.aborted) return EXIT.interrupted;
    const spaces = run.targets.map((_target, i) => describeSpace(run, findings, i));
    const complete = findings.end?.complete === true;
    const { id, root } = session.store;
    const plan: SourcePlan = { source: id, root, library: source.library, complete, spaces };
    return { plan, exitCode: complete || isCut ? EXIT.done : EXIT.unavailable };
  } finally {
    await session.client.close();
  }
}

/** `earshot sync plan`: what a run would do; nothing is fetched or written. */
export const syncPlan: Action = async (context, names, options) => {
  const plans: SourcePlan[] = [];
  const { exitCode, ends } = await forEachSource(context, names, async (source) => {
    const planned = await planSource(context, source, options as unknown as SyncFlags);
    if (typeof planned === 'number') return planned;
    plans.push(planned.plan);
    return planned.exitCode;
  });
  const [only] = plans;
  if (ends.length === 1 && only) context.reporter.result(only, describePlan(only));
  else if (ends.length > 1) {
    const text = plans.map((plan) => `${plan.source} (${plan.root}) → ${plan.library}\n${describePlan(plan)}`);
    context.reporter.result({ plans, sources: ends }, text.join('\n'));
  }
  return exitCode;
};
