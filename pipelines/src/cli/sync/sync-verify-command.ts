// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { ListEnd } from '../../core/sync/merge-join.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import { LEAST_COSINE } from '../../core/sync/verify/compare-vectors.ts';
import { deleteOdd } from '../../core/sync/verify/delete-odd.ts';
import type { Verification } from '../../core/sync/verify/verification.ts';
import { verifySource } from '../../core/sync/verify/verify-source.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { describeVerification } from './describe-verification.ts';
import { forEachSource } from './each-source.ts';
import { executeRun, newRunId } from './execute-run.ts';
import { acquireLeases } from './sync-leases.ts';
import type { VerifyFlags } from './sync-options.ts';
import { makeSyncRun, openSyncSession, type SyncSession } from './sync-session.ts';

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

/** Its summary is not the last line yet. */
const withoutResult = ({ reporter, ...context }: CommandContext): CommandContext => ({
  ...context,
  reporter: {
    ...reporter,
    result: (line, text) => {
      reporter.event({ event: 'run_finished', ...line });
      reporter.line(text);
    },
  },
});

/** A run that also embeds again what only verifying sees; then what lies under odd ids goes, within the guards. */
async function repair(context: CommandContext, session: SyncSession, { run, told, end }: Compared): Promise<number> {
  const settings = { ...run.settings, forceKeys: told.toEmbed };
  const { exit_code: exitCode } = await executeRun(withoutResult(context), session.client, { ...run, settings });
  if (!end?.complete || (exitCode !== EXIT.done && exitCode !== EXIT.itemsFailed)) return exitCode;
  const verdicts = await Promise.all(run.targets.map((target) => deleteOdd(run, target, { told, end })));
  return verdicts.some(({ verdict }) => verdict === 'refused') ? EXIT.refused : exitCode;
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
    const isRepairable = leases !== undefined && found === EXIT.itemsFailed;
    const exitCode = isRepairable ? await repair(context, session, compared) : found;
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
      repaired: isRepairable,
      exit_code: exitCode,
    };
    return { summary, text: describeVerification(told) };
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
