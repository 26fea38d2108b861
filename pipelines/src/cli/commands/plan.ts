// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { ApplyPlan } from '../../core/apply/apply-plan.ts';
import type { Action } from '../command-context.ts';
import { describePlan, makeDefinitionPlan, planCounts, planExitCode } from '../definition-plan.ts';
import { bind } from '../run-action.ts';

/** Requests as Dev Tools takes them, in the order in which apply sends them. */
function showRequests(plan: ApplyPlan): string {
  const requests = plan.flatMap(({ request }) => (request ? [request] : []));
  return requests
    .map(({ method, path, body }) => [`${method} ${path}`, ...(body ? [JSON.stringify(body, null, 2)] : [])].join('\n'))
    .join('\n\n');
}

/** One file a request, numbered in order, so that an operator can read and curl them. */
function writeRequests(plan: ApplyPlan, folder: string): number {
  mkdirSync(folder, { recursive: true });
  const steps = plan.filter(({ request }) => request);
  for (const [i, { kind, name, request }] of steps.entries()) {
    const file = `${String(i + 1).padStart(2, '0')}-${kind}-${name}.json`;
    writeFileSync(join(folder, file), `${JSON.stringify(request, null, 2)}\n`);
  }
  return steps.length;
}

const plan: Action = async (context, _args, options) => {
  const { plan: steps } = await makeDefinitionPlan(context);
  if (typeof options.output === 'string') {
    const files = writeRequests(steps, options.output);
    context.reporter.line(`${files} requests written to ${options.output}`);
  }
  const text = options.show === true ? showRequests(steps) : describePlan(steps);
  context.reporter.result({ counts: planCounts(steps), steps }, text);
  return planExitCode(steps, options.detailedExitCode === true);
};

export function registerPlan(program: Command): void {
  const command = program
    .command('plan')
    .description('what apply would do: templates, pipelines, indices, aliases')
    .option('--show', 'print the requests for Dev Tools')
    .option('--output <dir>', 'write the requests into a folder, one file each')
    .option('--detailed-exit-code', '0 = no change, 10 = changes, 4 = blocked');
  bind(command, plan);
}
