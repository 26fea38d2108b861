// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import type { ApplyPlan, PlannedStep } from '../../core/apply/apply-plan.ts';
import type { Action } from '../command-context.ts';
import { makeDefinitionPlan, planExitCode } from '../definition-plan.ts';
import { bind } from '../run-action.ts';

const WORDS: Readonly<Partial<Record<PlannedStep['effect'], string>>> = {
  create: 'missing',
  update: 'outdated',
  edited: 'edited',
  foreign: 'foreign',
  blocked: 'blocked',
};

interface Finding {
  readonly state: string;
  readonly kind: string;
  readonly name: string;
  readonly reasons: readonly string[];
}

const findingsOf = (plan: ApplyPlan): Finding[] =>
  plan.flatMap(({ effect, kind, name, reasons }) => {
    const state = WORDS[effect];
    return state ? [{ state, kind, name, reasons }] : [];
  });

const drift: Action = async (context, _args, options) => {
  const { plan } = await makeDefinitionPlan(context);
  const findings = findingsOf(plan);
  const lines = findings.flatMap(({ state, kind, name, reasons }) => [
    `${state.padEnd(8)} ${kind} ${name}`,
    ...reasons.map((reason) => `    ${reason}`),
  ]);
  const text = findings.length > 0 ? lines.join('\n') : 'The cluster has what was applied.';
  context.reporter.result({ drift: findings }, text);
  return planExitCode(plan, options.detailedExitCode === true);
};

export function registerDrift(program: Command): void {
  const command = program
    .command('drift')
    .description('where the cluster differs from the definitions: missing, outdated, or edited by hand')
    .option('--detailed-exit-code', '0 = none, 10 = drift, 4 = foreign or blocked');
  bind(command, drift);
}
