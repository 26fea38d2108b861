// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { type ApplyPlan, isChange } from '../../core/apply/apply-plan.ts';
import { refuseWhenBlocked, runApply } from '../../core/apply/run-apply.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { describePlan, makeDefinitionPlan, planCounts, planExitCode } from '../definition-plan.ts';
import { bind } from '../run-action.ts';

/** Only changes of what exists are asked about, and only where somebody can answer. */
async function isWelcome(plan: ApplyPlan, isConfirmed: boolean): Promise<boolean> {
  if (isConfirmed || !plan.some(({ effect }) => effect === 'update' || effect === 'edited')) return true;
  return (await confirm(`${describePlan(plan)}\nApply?`)) !== false;
}

const apply: Action = async (context, _args, options) => {
  const { plan, cluster } = await makeDefinitionPlan(context);
  const { reporter } = context;
  const isDetailed = options.detailedExitCode === true;
  if (options.dryRun === true) {
    reporter.result({ applied: [], dryRun: true, counts: planCounts(plan), steps: plan }, describePlan(plan));
    return planExitCode(plan, isDetailed);
  }
  refuseWhenBlocked(plan);
  if (!(await isWelcome(plan, options.yes === true))) {
    reporter.result({ applied: [], counts: planCounts(plan) }, 'Nothing was applied.');
    return EXIT.done;
  }
  const done = await runApply(plan, cluster, ({ kind, name, effect }) => reporter.line(`${effect} ${kind} ${name}`));
  const applied = done.map(({ kind, name, effect }) => ({ kind, name, effect }));
  const text = done.length > 0 ? `Applied ${done.length} changes.` : 'Nothing to change.';
  reporter.result({ applied, counts: planCounts(plan) }, text);
  return isDetailed && plan.some(isChange) ? EXIT.changes : EXIT.done;
};

export function registerApply(program: Command): void {
  const command = program
    .command('apply')
    .description('create or update templates, pipelines, indices and aliases; a second time nothing changes')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'only say what would be done')
    .option('--detailed-exit-code', '0 = no change, 10 = changes made, 4 = blocked');
  bind(command, apply);
}
