// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../../config/load-config.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { fileField, indexField } from '../../core/evaluate/label-field.ts';
import { type ReportFile, reportOf, wholeNumber } from './option-values.ts';

/** What `earshot evaluate labels` was asked for. */
export interface EvaluateOptions {
  /** A folder whose recordings are embedded now; undefined: an index. */
  readonly dir: string | undefined;
  /** A table of labels for the recordings of the folder. */
  readonly labelsCsv: string | undefined;
  readonly spaces: readonly string[];
  readonly labelField: string;
  readonly groupField: string | undefined;
  readonly sample: number;
  readonly seed: number;
  readonly report: ReportFile | undefined;
}

/** The command's own options as commander gives them. */
interface Flags {
  readonly dir?: string;
  readonly labelsCsv?: string;
  readonly labelField?: string;
  readonly groupBy?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly compare?: string;
  readonly report?: string;
}

function spacesOf({ compare }: Flags, { space }: Config): readonly string[] {
  const named = compare?.split(',').map((id) => id.trim()) ?? space;
  const spaces = [...new Set(named.filter((id) => id !== ''))];
  if (compare !== undefined && spaces.length < 2)
    throw new EarshotError('USAGE', `--compare takes at least two spaces, such as --compare spectral-1,yamnet-1`);
  return spaces;
}

/** In a folder: the first part of the template for labels, or else the folder a recording lies in. */
function defaultField({ dir, labelsCsv }: Flags, { labels }: Config): string | undefined {
  if (dir === undefined || labelsCsv !== undefined) return undefined;
  const [, part] = /\{([a-z][a-z0-9_]*)\}/i.exec(labels ?? '') ?? [];
  return part ?? 'folder';
}

/** @throws EarshotError USAGE naming option and value */
export function readEvaluateOptions(options: Readonly<Record<string, unknown>>, config: Config): EvaluateOptions {
  const flags: Flags = options;
  const { dir, labelsCsv, labelField = defaultField(flags, config), groupBy } = flags;
  if (dir === undefined && labelsCsv !== undefined)
    throw new EarshotError('USAGE', '--labels-csv goes with --dir: documents of an index have labels of their own');
  if (labelField === undefined)
    throw new EarshotError('USAGE', 'Say what the classes are: --label-field labels.<name>, tags.genre, …', {
      remedy: 'Or name a folder of recordings with --dir; earshot evaluate labels --help has examples.',
    });
  const field = dir === undefined ? indexField : fileField;
  return {
    dir,
    labelsCsv,
    spaces: spacesOf(flags, config),
    labelField: field(labelField, '--label-field'),
    groupField: groupBy === undefined ? undefined : field(groupBy, '--group-by'),
    sample: wholeNumber(flags.sample ?? '5000', '--sample', 2),
    seed: wholeNumber(flags.seed ?? '1', '--seed', 0),
    report: reportOf(flags.report),
  };
}
