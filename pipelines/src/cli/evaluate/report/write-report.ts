// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { access, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { EarshotError } from '../../../core/earshot-error.ts';
import type { ReportFile } from '../option-values.ts';
import type { Report } from './report-block.ts';
import { reportHtml } from './report-html.ts';
import { reportMarkdown } from './report-markdown.ts';

const unwritable = (path: string, cause: unknown): EarshotError =>
  new EarshotError('REPORT_UNWRITABLE', `The report ${path} cannot be written: ${(cause as Error).message}`, { cause });

/** Before hours of work: whether there is a folder to write to. @throws EarshotError REPORT_UNWRITABLE */
export async function checkReportFolder({ path }: ReportFile): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}

/** @returns the files written @throws EarshotError REPORT_UNWRITABLE */
export async function writeReport({ path, kind }: ReportFile, report: Report): Promise<string[]> {
  const name = basename(path);
  const parts =
    kind === 'html'
      ? [{ name, text: await reportHtml(report) }]
      : await reportMarkdown(report, basename(path, extname(path)));
  const written: string[] = [];
  for (const part of parts) {
    const file = join(dirname(path), part.name);
    await writeFile(file, part.text).catch((cause: unknown) => {
      throw unwritable(file, cause);
    });
    written.push(file);
  }
  return written;
}
