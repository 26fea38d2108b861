// SPDX-License-Identifier: Apache-2.0
import type { SavedObject } from './saved-object.ts';

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}

/** One object a line, keys sorted, LF: equal objects give equal bytes. */
export function toNdjson(objects: readonly SavedObject[]): string {
  return objects.map((object) => `${JSON.stringify(sortKeys(object))}\n`).join('');
}

/** The reverse of `toNdjson`; an export's footer line (no type) is left out. */
export function parseNdjson(text: string): SavedObject[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as SavedObject)
    .filter((object) => object.type !== undefined);
}
