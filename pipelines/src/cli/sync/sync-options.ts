// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError, Option } from 'commander';
import { duration } from '../../config/value-schemas.ts';
import { MOST_SHARDS, parseShard, type Shard } from '../../core/sync/shard.ts';

/** Flags of `sync plan` and `sync run`, as commander gives them. */
export interface SyncFlags {
  readonly limit?: number;
  readonly prefix?: string;
  readonly force?: boolean;
  readonly forceDelete?: boolean;
  readonly pruneFiltered?: boolean;
  readonly sourceMoved?: boolean;
  readonly forceUnlock?: boolean;
  readonly exitCode?: boolean;
  readonly shard?: Shard;
}

/** Flags of `sync verify`. */
export interface VerifyFlags extends SyncFlags {
  readonly sample: number;
  readonly seed: number;
  readonly sampleOnly?: boolean;
  readonly repair?: boolean;
}

/** Flags of `sync gc`. */
export interface GcFlags extends SyncFlags {
  /** Seconds. */
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

function seconds(text: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('must be a duration such as 12h, 30d or 2w');
}

function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number');
}

function shard(text: string): Shard {
  const parsed = parseShard(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError(`must be part/parts, such as 2/8, of at most ${MOST_SHARDS} parts`);
}

export function addPlanOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'look at the first n objects only; nothing is deleted', wholeNumber)
    .option('--prefix <text>', 'only keys that begin so; nothing is deleted')
    .option('--shard <i/n>', 'only the i-th of n equal parts of the source, beside n-1 other processes', shard)
    .option('--force', 'treat every object as changed')
    .option('--prune-filtered', 'also delete documents of objects that are there, but that a filter leaves out now')
    .option('--force-delete', 'delete whatever a complete listing no longer has, however much it is');
}

export function addVerifyOptions(command: Command): Command {
  return command
    .option('--sample <n>', 'embed n recordings a space again and compare the vectors; 0: none', wholeNumber, 20)
    .option('--seed <n>', 'draws another sample', wholeNumber, 1)
    .addOption(new Option('--sample-only', 'do not list the source: compare the sample only').conflicts('repair'))
    .option('--repair', 'index again what is wrong; delete, within the guards, what is gone')
    .option('--force-delete', 'delete whatever a complete listing no longer has, however much it is')
    .option('--source-moved', 'the same collection now lies elsewhere: accept the new place')
    .option('--force-unlock', 'take the lease although another run seems to hold it');
}

export function addGcOptions(command: Command): Command {
  return command
    .option('--older-than <duration>', 'only what was soft-deleted so long ago', seconds, seconds('30d'))
    .option('--dry-run', 'only count')
    .option('--force-unlock', 'take the lease although another run seems to hold it')
    .option('--yes', 'do not ask');
}

export function addRunOptions(command: Command): Command {
  return addPlanOptions(command)
    .option('--source-moved', 'the same collection now lies elsewhere: accept the new place')
    .option('--force-unlock', 'take the lease although another run seems to hold it')
    .option('--exit-code', 'exit 9 when there was nothing to do');
}
