// SPDX-License-Identifier: Apache-2.0
import { type Command, InvalidArgumentError } from 'commander';

/** Flags of `models fit`, as commander gives them. */
export interface FitFlags {
  /** A folder instead of the configured sources. */
  readonly dir?: string;
  readonly clips: number;
  readonly seed: number;
  readonly weight?: number;
  readonly labelField?: string;
  readonly asVersion?: number;
  readonly dryRun?: boolean;
}

const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  };

function share(text: string): number {
  const value = /^\d(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('must lie between 0 and 1, such as 0.5');
}

export function addFitOptions(command: Command): Command {
  return command
    .option('--dir <folder>', 'fit to the recordings in this folder instead of a configured library')
    .option('--clips <n>', 'how many clips of 5 s to take', wholeNumber(1, 5000), 1000)
    .option('--seed <n>', 'which recordings are drawn', wholeNumber(0, 999_999_999), 1)
    .option(
      '--weight <share>',
      'share of your recordings in the constants, besides generated sounds; default: up to 0.5, the more recordings the more',
      share,
    )
    .option('--label-field <name>', 'label that judges the result; default: the first that the paths give')
    .option('--as-version <n>', 'version in the space id; default: the next free one', wholeNumber(2, 999_999))
    .option('--dry-run', 'fit and judge, but write nothing');
}
