// SPDX-License-Identifier: Apache-2.0
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrapInterval, meanScore, type QueryScore } from '../../src/evaluation/index.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** Where data that may not be redistributed is looked for. */
export const SHARED_DATA = process.env.EARSHOT_SHARED_DATA ?? join(repository, '../shared/data');
export const ESC10_FOLDER = join(SHARED_DATA, 'esc-10');

export interface Esc10Clip {
  readonly label: string;
  readonly group: string;
  readonly path: string;
}

/** Class from the folder, fold from the first character of the file name. */
export function listEsc10Clips(): Esc10Clip[] {
  return globSync('*/*.ogg', { cwd: ESC10_FOLDER })
    .sort()
    .map((path) => ({ label: dirname(path), group: basename(path).charAt(0), path: join(ESC10_FOLDER, path) }));
}

/** A line of a table of kNN-1, kNN-5, P@10 and mAP. */
export function retrievalRow(name: string, scores: readonly QueryScore[]): string {
  const mean = meanScore(scores);
  const cell = (of: (score: QueryScore) => number): string => {
    const { low, high } = bootstrapInterval(scores.map(of));
    return `${of(mean).toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
  };
  const rest = [mean.knn5, mean.precision10].map((value) => value.toFixed(3));
  return `| ${[name, cell((s) => s.knn1), ...rest, cell((s) => s.averagePrecision)].join(' | ')} |`;
}
