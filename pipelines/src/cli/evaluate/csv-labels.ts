// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { csvParseRows } from 'd3-dsv';
import { EarshotError } from '../../core/earshot-error.ts';
import type { LabelPath, Labels } from '../../core/sync/path-labels.ts';

/** Columns that say which recording a line is about; without one of them the first does. */
const KEY_COLUMNS = ['file', 'filename', 'path', 'key'];

const invalid = (path: string, problem: string): EarshotError =>
  new EarshotError('USAGE', `--labels-csv ${path}: ${problem}`, {
    remedy:
      'Give a CSV file in UTF-8 with a line of names: the recording in one column (filename), labels in the others.',
  });

function readRows(path: string): string[][] {
  try {
    return csvParseRows(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (cause) {
    throw invalid(path, (cause as Error).message);
  }
}

/**
 * Labels of recordings from a table: every column but that of the recording is a label. A recording is named by its
 * path below the folder, or by its name alone.
 * @throws EarshotError USAGE naming the file
 */
export function readCsvLabels(path: string): LabelPath {
  const [head = [], ...rows] = readRows(path);
  const names = head.map((name) => name.trim());
  const named = names.findIndex((name) => KEY_COLUMNS.includes(name.toLowerCase()));
  const keyColumn = Math.max(0, named);
  if (names.length < 2 || rows.length === 0) throw invalid(path, 'needs two columns and a line below their names');
  if (new Set(names).size < names.length) throw invalid(path, 'names a column twice');
  const labels = new Map<string, Labels>();
  for (const row of rows) {
    const values = names.flatMap((name, i) =>
      i !== keyColumn && row[i]?.trim() ? [[name, row[i].trim()] as const] : [],
    );
    const key = row[keyColumn]?.trim().replace(/^\.?\//, '') ?? '';
    if (labels.has(key)) throw invalid(path, `has two lines for ${key}`);
    labels.set(key, Object.fromEntries(values));
  }
  return (key) => labels.get(key) ?? labels.get(key.slice(key.lastIndexOf('/') + 1)) ?? {};
}
