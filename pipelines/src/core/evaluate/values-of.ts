// SPDX-License-Identifier: Apache-2.0
import type { RecordingTags } from '../../ports/recording-reader.ts';

/** Values of a field such as `labels.instrument` or `tags.genre`, as text; none where it is missing or empty. */
export function valuesOf(facts: Pick<RecordingTags, 'labels' | 'tags'>, field: string): readonly string[] {
  const dot = field.indexOf('.');
  const group: Readonly<Record<string, unknown>> = facts[field.slice(0, dot) as 'labels' | 'tags'] ?? {};
  return [group[field.slice(dot + 1)] ?? []]
    .flat()
    .map(String)
    .filter((value) => value !== '');
}
