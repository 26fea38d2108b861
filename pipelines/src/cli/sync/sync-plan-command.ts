// SPDX-License-Identifier: Apache-2.0
import { readWorkRates } from '../../adapters/elasticsearch-work-rates.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { cutListing } from '../../core/sync/cut-listing.ts';
import { planRun, type SpacePlan } from '../../core/sync/plan-run.ts';
import { shardRun } from '../../core/sync/shard-run.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { describePlan } from './describe-plan.ts';
import { forEachSource } from './each-source.ts';
import { newRunId } from './execute-run.ts';
import type { SyncFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

interface SourcePlan {
  readonly source: string;
  readonly root: string;
  readonly library: string;
  readonly complete: boolean;
  readonly spaces: readonly SpacePlan[];
}

async function planSource(context: CommandContext, source: SourceSettings, flags: SyncFlags) {
  const session = await openSyncSession(context, source);
  try {
    const made = shardRun(await makeSyncRun({ context, session, flags, runId: newRunId() }), flags.shard);
    const isCut = made.settings.isPartial;
    const run = isCut ? { ...made, listing: (signal: AbortSignal) => cutListing(made.listing(signal), flags) } : made;
    const { library } = source;
    const { id, root } = session.store;
    const planned = await planRun(run, (space) => readWorkRates(session.client, { library, space, source: id }));
    if (!planned) return EXIT.interrupted;
    const plan: SourcePlan = { source: id, root, library, ...planned };
    return { plan, exitCode: planned.complete || isCut ? EXIT.done : EXIT.unavailable };
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
  if (ends.length === 1 && only) context.reporter.result(only, describePlan(only.spaces));
  else if (ends.length > 1) {
    const text = plans.map((plan) => `${plan.source} (${plan.root}) → ${plan.library}\n${describePlan(plan.spaces)}`);
    context.reporter.result({ plans, sources: ends }, text.join('\n'));
  }
  return exitCode;
};
