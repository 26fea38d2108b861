// SPDX-License-Identifier: Apache-2.0
import type { Json } from '@earshot/mappings/definitions';

/**
 * A JSON value as path → text, so that what Elasticsearch echoes compares equal to what was sent: scalars become
 * strings, dotted and nested keys the same path, empty objects nothing. Lists stay in order, as one text.
 */
export function flatJson(value: Json, prefix = ''): Map<string, string> {
  if (Array.isArray(value)) return new Map([[prefix, listText(value)]]);
  if (value === null || typeof value !== 'object') return new Map([[prefix, String(value)]]);
  const flat = new Map<string, string>();
  for (const [key, inner] of Object.entries(value))
    for (const [path, text] of flatJson(inner, prefix ? `${prefix}.${key}` : key)) flat.set(path, text);
  return flat;
}

const listText = (list: readonly Json[]): string =>
  JSON.stringify(list.map((item) => [...flatJson(item)].sort(([a], [b]) => (a < b ? -1 : 1))));
