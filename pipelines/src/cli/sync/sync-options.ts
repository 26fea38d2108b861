// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError } from 'commander';

/** Flags of `sync plan` and `sync run`, as commander gives them. */
export interface SyncFlags {
  readonly limit?: number;
  readonly prefix?: string;
  readonly force?: boolean;
  readonly forceDelete?: boolean;
  readonly sourceMoved?: boolean;
  readonly forceUnlock?: boolean;
  readonly exitCode?: boolean;
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number');
}

export function addPlanOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'look at the first n objects only; nothing is deleted', wholeNumber)
    .option('--prefix <text>', 'only keys that begin so; nothing is deleted')
    .option('--force', 'treat every object as changed')
    .option('--force-delete', 'delete whatever a complete listing no longer has, however much it is');
}

export function addRunOptions(command: Command): Command {
  return addPlanOptions(command)
    .option('--source-moved', 'the same collection now lies elsewhere: accept the new place')
    .option('--force-unlock', 'take the lease although another run seems to hold it')
    .option('--exit-code', 'exit 9 when there was nothing to do');
}
