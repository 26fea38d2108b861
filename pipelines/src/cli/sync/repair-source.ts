// SPDX-License-Identifier: Apache-2.0
import { EXIT } from '../../core/exit-codes.ts';
import type { ListEnd } from '../../core/sync/merge-join.ts';
import type { SyncRun } from '../../core/sync/sync-run.ts';
import { deleteOdd } from '../../core/sync/verify/delete-odd.ts';
import type { Verification } from '../../core/sync/verify/verification.ts';
import { verifySource } from '../../core/sync/verify/verify-source.ts';
import type { CommandContext } from '../command-context.ts';
import { executeRun } from './execute-run.ts';
import type { SyncSession } from './sync-session.ts';

interface Found {
  readonly context: CommandContext;
  readonly session: SyncSession;
  readonly run: SyncRun;
  readonly told: Verification;
  readonly end: ListEnd;
  /** The same run with the dead letters of now. */
  readonly again: () => Promise<SyncRun>;
}

interface Repaired {
  readonly exitCode: number;
  /** Findings of a second comparison; null when the repair did not come to its end. */
  readonly left: number | null;
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

/** Compares once more, without bodies and without telling each finding again. */
async function countLeft(run: SyncRun): Promise<number> {
  const reporter = { ...run.reporter, event: () => undefined };
  const { told } = await verifySource({ ...run, reporter }, { sampleSize: 0, seed: 1, isSampleOnly: false });
  return told.total;
}

/**
 * A run that also embeds again what only verifying sees; then what lies under odd ids goes, within the guards; then a
 * second comparison.
 */
export async function repairSource({ context, session, run, told, end, again }: Found): Promise<Repaired> {
  const settings = { ...run.settings, forceKeys: told.toEmbed };
  const summary = await executeRun(withoutResult(context), session.client, { ...run, settings });
  const { exit_code: exitCode, counts } = summary;
  if (exitCode !== EXIT.done && exitCode !== EXIT.itemsFailed) return { exitCode, left: null };
  const verdicts = await Promise.all(run.targets.map((target) => deleteOdd(run, target, { told, end })));
  const left = await countLeft(await again());
  if (verdicts.some(({ verdict }) => verdict === 'refused')) return { exitCode: EXIT.refused, left };
  const knownBefore = told.checks.reduce((sum, { known_failures }) => sum + known_failures, 0);
  return { exitCode: left > 0 || counts.failed > knownBefore ? EXIT.itemsFailed : EXIT.done, left };
}
