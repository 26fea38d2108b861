// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import type { SyncSummary } from '../../core/sync/summary.ts';
import { describeSeconds } from '../../core/sync/sync-progress.ts';

const MOST_LINES = 10;
const COLUMNS = ['listed', 'indexed', 'reused', 'unchanged', 'skipped', 'failed', 'deleted'] as const;

function failureLines({ failures, counts }: SyncSummary): string[] {
  const shown = failures
    .slice(0, MOST_LINES)
    .map(({ key, stage, code, reason }) => `  ${key}: ${stage} ${code}: ${reason}`);
  const more = counts.failed - shown.length;
  return more > 0 ? [...shown, `  … and ${more} more: earshot sync failures list`] : shown;
}

/** What a run did, for people. */
export function describeSummary(run: SyncSummary, spaces: readonly SyncSummary[]): string {
  const table = new Table({ head: ['space', ...COLUMNS], style: { head: [], border: [] } });
  for (const { space, counts } of spaces) table.push([space, ...COLUMNS.map((name) => counts[name])]);
  const skipped = Object.entries(run.skipped_by).map(([reason, count]) => `${count} ${reason}`);
  const rate = run.duration_ms > 0 ? run.audio_seconds / (run.duration_ms / 1000) : 0;
  const took = `${describeSeconds(run.audio_seconds)} of audio in ${describeSeconds(run.duration_ms / 1000)} (${Math.round(rate)} audio-s/s)`;
  return [
    table.toString(),
    ...(run.audio_seconds > 0 ? [took] : []),
    ...(skipped.length > 0 ? [`skipped: ${skipped.join(', ')}`] : []),
    ...(run.pending > 0 ? [`pending: ${run.pending}`] : []),
    ...spaces.flatMap(({ space, deletes }) => (deletes ? [`${space}: deletes ${deletes}`] : [])),
    ...failureLines(run),
  ].join('\n');
}
