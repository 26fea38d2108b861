// SPDX-License-Identifier: Apache-2.0
import { extname } from 'node:path';
import { EarshotError } from '../../core/earshot-error.ts';

export interface ReportFile {
  readonly path: string;
  readonly kind: 'html' | 'markdown';
}

const KINDS: Readonly<Record<string, ReportFile['kind']>> = { '.html': 'html', '.htm': 'html', '.md': 'markdown' };

/** @throws EarshotError USAGE naming the flag */
export function wholeNumber(text: string, flag: string, least: number): number {
  const value = Number(text);
  if (/^\d{1,9}$/.test(text) && value >= least) return value;
  throw new EarshotError('USAGE', `${flag} takes a whole number of at least ${least}, not ${text}`);
}

/** @throws EarshotError USAGE when the ending says no kind of report */
export function reportOf(path: string | undefined): ReportFile | undefined {
  if (path === undefined) return undefined;
  const kind = KINDS[extname(path).toLowerCase()];
  if (kind) return { path, kind };
  throw new EarshotError('USAGE', `--report ${path}: the name must end in .html or .md`);
}
