// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { ListEnd } from '../../core/sync/merge-join.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import { LEAST_COSINE } from '../../core/sync/verify/compare-vectors.ts';
import type { Verification } from '../../core/sync/verify/verification.ts';
import { verifySource } from '../../core/sync/verify/verify-source.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { describeVerification } from './describe-verification.ts';
import { forEachSource } from './each-source.ts';
import { newRunId } from './execute-run.ts';
import { repairSource } from './repair-source.ts';
import { acquireLeases } from './sync-leases.ts';
import type { VerifyFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession } from './sync-session.ts';

interface Compared {
  readonly run: SyncRun;
  readonly told: Verification;
  readonly end: ListEnd | undefined;
}

function exitCodeOf({ run, told, end }: Compared): number {
  if (run.signal.aborted) return EXIT.interrupted;
  if (end && !end.complete) return EXIT.unavailable;
  return told.total > 0 ? EXIT.itemsFailed : EXIT.done;
}

async function verifyOne(context: CommandContext, source: SourceSettings, flags: VerifyFlags) {
  const session = await openSyncSession(context, source);
  const runId = newRunId();
  const leases = flags.repair ? await acquireLeases({ context, session, flags, runId }) : undefined;
  try {
    const run = await makeSyncRun({ context, session, flags, runId, ...leases });
    const isSampleOnly = flags.sampleOnly === true;
    const { told, end } = await verifySource(run, { sampleSize: flags.sample, seed: flags.seed, isSampleOnly });
    const compared = { run, told, end };
    const found = exitCodeOf(compared);
    const again = (): Promise<SyncRun> => makeSyncRun({ context, session, flags, runId, ...leases });
    const isRepairable = leases !== undefined && end !== undefined && found === EXIT.itemsFailed;
    const repaired = isRepairable ? await repairSource({ context, session, run, told, end, again }) : undefined;
    const exitCode = repaired?.exitCode ?? found;
    const summary = {
      event: 'verify_finished',
      library: run.library,
      source: run.store.id,
      mode: isSampleOnly ? 'sample' : 'full',
      complete: end?.complete === true,
      ...(end?.reason ? { reason: end.reason } : {}),
      least_cosine_allowed: LEAST_COSINE,
      seed: flags.seed,
      spaces: told.checks,
      repaired: repaired !== undefined,
      ...(repaired ? { left: repaired.left } : {}),
      exit_code: exitCode,
    };
    const left = repaired ? `\nAfter the repair ${repaired.left ?? 'an unknown number'} of findings are left.` : '';
    return { summary, text: `${describeVerification(told)}${left}` };
  } finally {
    await leases?.release();
    await session.client.close();
  }
}

/** `earshot sync verify`: source against index, and stored vectors against what the service says today. */
export const syncVerify: Action = async (context, names, options) => {
  const flags = options as unknown as VerifyFlags;
  const { reporter } = context;
  const verified: Awaited<ReturnType<typeof verifyOne>>[] = [];
  const { exitCode, ends } = await forEachSource(context, names, async (source) => {
    const one = await verifyOne(context, source, flags);
    verified.push(one);
    return one.summary.exit_code;
  });
  const [only] = verified;
  if (ends.length === 1 && only) reporter.result(only.summary, only.text);
  else {
    for (const { summary } of verified) reporter.event({ ...summary });
    const text = verified.map(({ summary, text: of }) => `${summary.source}\n${of}`).join('\n');
    reporter.result({ event: 'verify_finished', sources: ends, exit_code: exitCode }, text);
  }
  return exitCode;
};
