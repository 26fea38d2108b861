// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { bind } from '../run-action.ts';
import { failuresList, failuresRetry } from '../sync/sync-failures-commands.ts';
import { syncGc } from '../sync/sync-gc-command.ts';
import { addGcOptions, addPlanOptions, addRunOptions, addVerifyOptions } from '../sync/sync-options.ts';
import { syncPlan } from '../sync/sync-plan-command.ts';
import { syncRun } from '../sync/sync-run-command.ts';
import { syncStatus } from '../sync/sync-status-command.ts';
import { syncVerify } from '../sync/sync-verify-command.ts';
import { syncWatch } from '../sync/sync-watch-command.ts';

const addSources = (command: Command): Command =>
  command.argument('[source...]', 'names of sources in the configuration; default: all, one after the other');

function addSelection(command: Command): Command {
  return command
    .option('--id <id...>', 'document ids')
    .option('--key <key...>', 'keys in the source')
    .option('--code <code...>', 'error codes, e.g. undecodable_audio');
}

export function registerSync(program: Command): void {
  const sync = program.command('sync').description('object store → index, for every configured source and space');
  const add = (name: string, description: string): Command => addSources(sync.command(name).description(description));
  bind(addPlanOptions(add('plan', 'say what a run would do; nothing is fetched or written')), syncPlan);
  bind(addRunOptions(add('run', 'embed what is new or changed, delete what is gone')), syncRun);
  bind(addVerifyOptions(add('verify', 'compare source, index and vectors; mend with --repair')), syncVerify);
  bind(addGcOptions(add('gc', 'delete for good what was soft-deleted long ago')), syncGc);
  bind(add('watch', 'follow the events of buckets; a whole run at the start and now and then'), syncWatch);
  bind(add('status', 'who runs, what the last runs did, what failed'), syncStatus);
  const failures = sync.command('failures').description('recordings that could not be indexed');
  const addFailures = (name: string, description: string): Command =>
    addSelection(addSources(failures.command(name).description(description)));
  bind(addFailures('list', 'what failed, at which stage, and why'), failuresList);
  bind(addFailures('retry', 'try the failures again, and nothing else'), failuresRetry);
}
