// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../../config/source-settings.ts';
import { type SourceEnd, type SyncSummary, summariseSources } from '../../core/sync/summary.ts';
import type { CommandContext } from '../command-context.ts';
import { forEachSource } from './each-source.ts';

interface Ran {
  readonly summary: SyncSummary;
  readonly exitCode: number;
}

const describeEnd = ({ source, exit_code, error }: SourceEnd): string =>
  `${source}: ${error ? `${error.code} ${error.message}` : `exit ${exit_code}`}`;

/** Runs that write, source by source; after several a last line sums up. Gives the exit code. */
export async function runSources(
  context: CommandContext,
  names: readonly string[],
  run: (source: SourceSettings) => Promise<Ran>,
): Promise<number> {
  const summaries: SyncSummary[] = [];
  const end = await forEachSource(context, names, async (source) => {
    const { summary, exitCode } = await run(source);
    summaries.push(summary);
    return exitCode;
  });
  if (end.ends.length > 1)
    context.reporter.result(summariseSources(summaries, end), end.ends.map(describeEnd).join('\n'));
  return end.exitCode;
}
