// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { csvParse } from 'd3-dsv';
import { EarshotError } from '../../../core/earshot-error.ts';
import type { TruthLine } from '../../../core/evaluate/humming/match-truth.ts';
import type { Scope } from '../../../core/evaluate/humming/song-pool.ts';
import { type ReportFile, reportOf, wholeNumber } from '../option-values.ts';

/** What `earshot evaluate humming` was asked for. */
export interface HummingOptions {
  /** Folders, or s3://bucket/prefix. */
  readonly hums: string;
  readonly targets: string;
  /** Which hum means which target; undefined: that of the same name. */
  readonly truth: readonly TruthLine[] | undefined;
  /** Generated melodies among the targets. */
  readonly distractors: number;
  readonly scopes: readonly Scope[];
  readonly seed: number;
  readonly report: ReportFile | undefined;
}

/** The command's own options as commander gives them. */
interface Flags {
  readonly hums?: string;
  readonly targets?: string;
  readonly truth?: string;
  readonly distractors?: string;
  readonly from?: string;
  readonly seed?: string;
  readonly report?: string;
}

const SCOPES: Readonly<Record<string, readonly Scope[]>> = {
  start: ['start'],
  anywhere: ['anywhere'],
  both: ['start', 'anywhere'],
};

const unusableTruth = (path: string, problem: string, cause?: unknown): EarshotError =>
  new EarshotError('USAGE', `--truth ${path}: ${problem}`, {
    remedy: 'Give a CSV file in UTF-8 whose first line is hum,target.',
    cause,
  });

function readTruth(path: string): TruthLine[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (cause) {
    throw unusableTruth(path, (cause as Error).message, cause);
  }
  const rows = csvParse(text);
  if (!rows.columns.includes('hum') || !rows.columns.includes('target'))
    throw unusableTruth(path, `has the columns ${rows.columns.join(', ') || '(none)'}, not hum and target`);
  return rows.map(({ hum = '', target = '' }) => ({ hum, target }));
}

/** @throws EarshotError USAGE naming option and value */
export function readHummingOptions(options: Readonly<Record<string, unknown>>): HummingOptions {
  const { hums, targets, truth, distractors = '0', from = 'both', seed = '1', report }: Flags = options;
  if (hums === undefined || targets === undefined)
    throw new EarshotError(
      'USAGE',
      `Say where the ${hums === undefined ? 'hums are: --hums' : 'songs are: --targets'}`,
      {
        remedy: 'earshot evaluate humming --help has examples.',
      },
    );
  const scopes = SCOPES[from];
  if (!scopes) throw new EarshotError('USAGE', `--from takes start, anywhere or both, not ${from}`);
  return {
    hums,
    targets,
    truth: truth === undefined ? undefined : readTruth(truth),
    distractors: wholeNumber(distractors, '--distractors', 0),
    scopes,
    seed: wholeNumber(seed, '--seed', 0),
    report: reportOf(report),
  };
}
