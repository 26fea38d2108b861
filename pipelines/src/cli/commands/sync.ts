// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { bind } from '../run-action.ts';
import { failuresList, failuresRetry } from '../sync/sync-failures-commands.ts';
import { addPlanOptions, addRunOptions } from '../sync/sync-options.ts';
import { syncPlan } from '../sync/sync-plan-command.ts';
import { syncRun } from '../sync/sync-run-command.ts';
import { syncStatus } from '../sync/sync-status-command.ts';

function addSelection(command: Command): Command {
  return command
    .option('--id <id...>', 'document ids')
    .option('--key <key...>', 'keys in the source')
    .option('--code <code...>', 'error codes, e.g. undecodable_audio');
}

export function registerSync(program: Command): void {
  const sync = program.command('sync').description('object store → index, for every configured space');
  bind(
    addPlanOptions(sync.command('plan').description('say what a run would do; nothing is fetched or written')),
    syncPlan,
  );
  bind(addRunOptions(sync.command('run').description('embed what is new or changed, delete what is gone')), syncRun);
  bind(sync.command('status').description('who runs, what the last runs did, what failed'), syncStatus);
  const failures = sync.command('failures').description('recordings that could not be indexed');
  bind(addSelection(failures.command('list').description('what failed, at which stage, and why')), failuresList);
  bind(addSelection(failures.command('retry').description('try the failures again, and nothing else')), failuresRetry);
}
