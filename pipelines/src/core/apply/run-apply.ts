// SPDX-License-Identifier: Apache-2.0
import type { DefinitionCluster } from '../../ports/definition-cluster.ts';
import { EarshotError } from '../earshot-error.ts';
import { type ApplyPlan, isRefusal, type PlannedStep } from './apply-plan.ts';

/** Stops before anything is sent when one step is refused: half an apply would leave definitions that do not fit together. */
export function refuseWhenBlocked(plan: ApplyPlan): void {
  const refused = plan.filter(isRefusal);
  const [first] = refused;
  if (!first) return;
  const code = refused.some(({ effect }) => effect === 'blocked') ? 'DEFINITION_BLOCKED' : 'DEFINITION_FOREIGN';
  const list = refused.map(({ kind, name, reasons }) => `${kind} ${name}: ${reasons.join('; ')}`).join(' | ');
  throw new EarshotError(code, `Nothing was applied. ${list}`);
}

/** Sends the plan's requests in order. @returns the steps done */
export async function runApply(
  plan: ApplyPlan,
  cluster: DefinitionCluster,
  onStep: (step: PlannedStep) => void,
): Promise<readonly PlannedStep[]> {
  refuseWhenBlocked(plan);
  const done: PlannedStep[] = [];
  for (const step of plan) {
    if (!step.request) continue;
    await cluster.send(step.request);
    done.push(step);
    onStep(step);
  }
  return done;
}
