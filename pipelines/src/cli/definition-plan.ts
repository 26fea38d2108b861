// SPDX-License-Identifier: Apache-2.0
import { clusterCapabilities } from '../adapters/cluster-capabilities.ts';
import { createElasticsearchDefinitionCluster } from '../adapters/elasticsearch-definition-cluster.ts';
import { type ApplyPlan, isChange, isRefusal, type PlannedStep } from '../core/apply/apply-plan.ts';
import { planApply } from '../core/apply/plan-apply.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { DefinitionCluster } from '../ports/definition-cluster.ts';
import type { CommandContext } from './command-context.ts';
import { configuredLibraries, configuredSpaces, softDeletedLibraries } from './configured-libraries.ts';

export interface DefinitionPlan {
  readonly cluster: DefinitionCluster;
  readonly plan: ApplyPlan;
}

/** Reads settings, cards and cluster, and plans. */
export async function makeDefinitionPlan(context: CommandContext): Promise<DefinitionPlan> {
  const spaces = configuredSpaces(context.config);
  const client = await context.elasticsearch();
  const { hasIngestProcessors } = await clusterCapabilities(client);
  const cluster = createElasticsearchDefinitionCluster(client);
  const wanted = {
    libraries: configuredLibraries(context.config),
    softDeletes: softDeletedLibraries(context.config),
    spaces,
    withPipeline: hasIngestProcessors,
  };
  return { cluster, plan: planApply(wanted, await cluster.snapshot()) };
}

const SIGNS = { create: '+', update: '~', edited: '~', unchanged: ' ', foreign: '!', blocked: '!' } as const;
const MOST_REASONS = 6;

/** One line a step that does something or is refused, its reasons below. */
export function describePlan(plan: ApplyPlan): string {
  const lines = plan
    .filter((step) => isChange(step) || isRefusal(step))
    .flatMap(({ effect, kind, name, reasons }) => {
      const more = reasons.length > MOST_REASONS ? [`    … and ${reasons.length - MOST_REASONS} more`] : [];
      return [
        `${SIGNS[effect]} ${kind} ${name} (${effect})`,
        ...reasons.slice(0, MOST_REASONS).map((r) => `    ${r}`),
        ...more,
      ];
    });
  return [...lines, describeCounts(plan)].join('\n');
}

const count = (plan: ApplyPlan, ...effects: PlannedStep['effect'][]): number =>
  plan.filter(({ effect }) => effects.includes(effect)).length;

export const planCounts = (plan: ApplyPlan): Record<string, number> => ({
  create: count(plan, 'create'),
  update: count(plan, 'update', 'edited'),
  unchanged: count(plan, 'unchanged'),
  refused: count(plan, 'foreign', 'blocked'),
});

function describeCounts(plan: ApplyPlan): string {
  const { create, update, unchanged, refused } = planCounts(plan);
  return `${create} to create, ${update} to update, ${unchanged} unchanged, ${refused} refused`;
}

/** `--detailed-exit-code`: 0 no change, 10 changes, 4 blocked; without it 0. */
export function planExitCode(plan: ApplyPlan, isDetailed: boolean): number {
  if (!isDetailed) return EXIT.done;
  if (plan.some(isRefusal)) return EXIT.refused;
  return plan.some(isChange) ? EXIT.changes : EXIT.done;
}
