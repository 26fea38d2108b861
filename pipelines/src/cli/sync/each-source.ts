// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { SourceEnd } from '../../core/sync/summary.ts';
import type { CommandContext } from '../command-context.ts';

/** Of several sources the gravest exit code counts. */
const PRECEDENCE: readonly number[] = [
  EXIT.internal,
  EXIT.usage,
  EXIT.interrupted,
  EXIT.refused,
  EXIT.unavailable,
  EXIT.locked,
  EXIT.itemsFailed,
  EXIT.done,
  EXIT.nothingToDo,
];

export interface SourcesEnd {
  readonly exitCode: number;
  readonly ends: readonly SourceEnd[];
}

type Work = (source: SourceSettings) => Promise<number>;

/** The sources named, in the order of the configuration; all without names. @throws EarshotError SOURCE_MISSING, USAGE */
export function selectSources({ config }: CommandContext, names: readonly string[]): readonly SourceSettings[] {
  const { sources } = config;
  if (sources.length === 0) throw new EarshotError('SOURCE_MISSING', 'No source is set');
  const unknown = names.filter((name) => !sources.some(({ id }) => id === name));
  if (unknown.length > 0)
    throw new EarshotError('USAGE', `There is no source ${unknown.join(', ')}`, {
      remedy: `The configuration names ${sources.map(({ id }) => id).join(', ')}.`,
    });
  return names.length === 0 ? sources : sources.filter(({ id }) => names.includes(id));
}

async function tryWork({ reporter }: CommandContext, source: SourceSettings, work: Work): Promise<SourceEnd> {
  try {
    return { source: source.id, exit_code: await work(source) };
  } catch (error) {
    if (!(error instanceof EarshotError)) throw error;
    const { code, message, remedy, exitCode } = error;
    reporter.warn(`${source.id}: ${code} ${message}\n  → ${remedy}`);
    return { source: source.id, exit_code: exitCode, error: { code, message, remedy } };
  }
}

/**
 * Works on the sources one after the other. What stops one of several is reported and the others go on; what stops the
 * only one is thrown. After an interrupt no further source is begun.
 */
export async function forEachSource(
  context: CommandContext,
  names: readonly string[],
  work: Work,
): Promise<SourcesEnd> {
  const sources = selectSources(context, names);
  const [only] = sources;
  if (only && sources.length === 1) {
    const exitCode = await work(only);
    return { exitCode, ends: [{ source: only.id, exit_code: exitCode }] };
  }
  const ends: SourceEnd[] = [];
  for (const source of sources) {
    if (context.signal.aborted) ends.push({ source: source.id, exit_code: EXIT.interrupted });
    else {
      context.reporter.line(`source ${source.id}: ${source.location}`);
      ends.push(await tryWork(context, source, work));
    }
  }
  const codes = new Set(ends.map(({ exit_code }) => exit_code));
  return { exitCode: PRECEDENCE.find((code) => codes.has(code)) ?? EXIT.internal, ends };
}
