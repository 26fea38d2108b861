// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import type { SpacePlan } from '../../core/sync/plan-run.ts';
import { describeSeconds } from '../../core/sync/sync-progress.ts';

const KEYS_SHOWN = 20;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function describeBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power] ?? ''}`;
}

const describeHours = (hours: number | null): string => (hours === null ? 'unknown' : describeSeconds(hours * 3600));

function describeDeletes({ space, gone, deletes }: SpacePlan): string[] {
  if (gone === 0) return [];
  const verdict = 'reason' in deletes ? `${deletes.verdict}: ${deletes.reason}` : deletes.verdict;
  const shown = deletes.keys.slice(0, KEYS_SHOWN).map((key) => `  - ${key}`);
  const more = gone - shown.length;
  return [`${space}: ${gone} gone, deletes ${verdict}`, ...shown, ...(more > 0 ? [`  … and ${more} more`] : [])];
}

const describeReasons = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');

function describeSkipped({ space, skipped_by, filtered }: SpacePlan): string[] {
  const skipped = describeReasons(skipped_by);
  const kept = describeReasons(filtered);
  return [
    ...(skipped ? [`${space}: skipped ${skipped}`] : []),
    ...(kept ? [`${space}: indexed, but left out now: ${kept}; these documents stay`] : []),
  ];
}

/** A plan for people: one row a space, then what is left out and what would be deleted. */
export function describePlan(spaces: readonly SpacePlan[]): string {
  const head = ['space', 'new', 'changed', 'unchanged', 'skipped', 'known failures', 'gone'];
  const table = new Table({ head: [...head, 'to fetch', 'audio', 'work'], style: { head: [], border: [] } });
  for (const plan of spaces) {
    const moved = plan.moved_guess ? ` (${plan.moved_guess} probably moved)` : '';
    table.push([
      plan.space,
      `${plan.new}${moved}`,
      plan.changed,
      plan.unchanged,
      plan.skipped,
      plan.failed_known,
      plan.gone,
      describeBytes(plan.bytes),
      describeHours(plan.audio_hours),
      describeHours(plan.work_hours),
    ]);
  }
  return [table.toString(), ...spaces.flatMap(describeSkipped), ...spaces.flatMap(describeDeletes)].join('\n');
}
