// SPDX-License-Identifier: Apache-2.0
import { isChange, isRefusal } from '../../core/apply/apply-plan.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { CommandContext } from '../command-context.ts';
import { makeDefinitionPlan, planCounts } from '../definition-plan.ts';
import type { Finding } from './finding.ts';

/** Whether the cluster has what `earshot apply` would make; fingerprints of cards and indices are compared here. */
export async function checkDefinitions(context: CommandContext): Promise<Finding[]> {
  const { plan } = await makeDefinitionPlan(context);
  const refused = plan.filter(isRefusal).map(
    ({ kind, name, reasons }): Finding => ({
      area: 'definitions',
      state: 'fail',
      message: `${kind} ${name}: ${reasons.join('; ')}`,
      remedy: 'earshot plan shows all of it.',
      exitCode: EXIT.refused,
    }),
  );
  if (refused.length > 0) return refused;
  const { create, update, unchanged } = planCounts(plan);
  if (plan.some(isChange)) {
    const message = `${create} to create, ${update} to update`;
    return [{ area: 'definitions', state: 'info', message, remedy: 'Run earshot apply.' }];
  }
  return [{ area: 'definitions', state: 'ok', message: `${unchanged} templates, pipelines and indices as wanted` }];
}
