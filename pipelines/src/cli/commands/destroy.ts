// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { createElasticsearchDefinitionCluster } from '../../adapters/elasticsearch-definition-cluster.ts';
import { planDestroy, type Removal } from '../../core/apply/plan-destroy.ts';
import { runDestroy } from '../../core/apply/run-destroy.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { bind } from '../run-action.ts';

const nameOf = ({ kind, name }: Removal): Pick<Removal, 'kind' | 'name'> => ({ kind, name });
const describe = (removals: readonly Removal[]): string =>
  removals.map(({ kind, name }) => `- ${kind} ${name}`).join('\n');

async function refuseUnconfirmed(removals: readonly Removal[], isConfirmed: boolean): Promise<void> {
  if (isConfirmed || removals.length === 0) return;
  if (await confirm(`${describe(removals)}\nDelete all of these, with every document in them?`)) return;
  const list = removals.map(({ name }) => name).join(', ');
  throw new EarshotError('GUARD_REFUSED', `Nothing was deleted. These would be: ${list}`, {
    remedy: 'Repeat with --yes to delete them and every document in them.',
  });
}

const destroy: Action = async (context, _args, options) => {
  if (options.ownedOnly !== true)
    throw new EarshotError('USAGE', 'destroy deletes only what Earshot owns, and wants to hear it', {
      remedy: 'earshot destroy --owned-only',
    });
  const cluster = createElasticsearchDefinitionCluster(await context.elasticsearch());
  const removals = planDestroy(await cluster.snapshot());
  const { reporter } = context;
  if (options.dryRun === true) {
    reporter.result({ destroyed: [], dryRun: true, removals: removals.map(nameOf) }, describe(removals));
    return EXIT.done;
  }
  await refuseUnconfirmed(removals, options.yes === true);
  const kept = await runDestroy(removals, cluster, ({ kind, name }) => reporter.line(`deleted ${kind} ${name}`));
  const keptNames = new Set(kept.map(({ name }) => name));
  const destroyed = removals.filter(({ name }) => !keptNames.has(name)).map(nameOf);
  const keptLines = kept.map(({ kind, name, reason }) => `kept ${kind} ${name}: ${reason}`);
  reporter.result({ destroyed, kept }, [...keptLines, `Deleted ${destroyed.length} objects.`].join('\n'));
  return kept.length > 0 ? EXIT.itemsFailed : EXIT.done;
};

export function registerDestroy(program: Command): void {
  const command = program
    .command('destroy')
    .description('delete every index, template and pipeline that Earshot owns in the cluster')
    .option('--owned-only', 'required: only what carries _meta.managed_by "earshot"')
    .option('--dry-run', 'only list')
    .option('--yes', 'do not ask');
  bind(command, destroy);
}
