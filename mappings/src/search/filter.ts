// SPDX-License-Identifier: Apache-2.0
import { QueryInvalidError } from './query-invalid-error.ts';

/** An Elasticsearch query clause. */
export type FilterClause = Readonly<Record<string, unknown>>;

type FieldKind = 'keyword' | 'number' | 'date' | 'text';

/** Fields that a search may be narrowed by; `labels.<name>` besides. */
export const FILTERABLE_FIELDS: Readonly<Record<string, FieldKind>> = {
  '@timestamp': 'date',
  title: 'text',
  'audio.id': 'keyword',
  'audio.uri': 'keyword',
  'audio.bucket': 'keyword',
  'audio.key': 'keyword',
  'audio.size': 'number',
  'audio.modified': 'date',
  'audio.sha256': 'keyword',
  'audio.duration_ms': 'number',
  'audio.sample_rate_hz': 'number',
  'audio.channels': 'number',
  'audio.codec': 'keyword',
  'audio.container': 'keyword',
  'audio.status': 'keyword',
  'audio.loudness_dbfs': 'number',
  'tags.artist': 'keyword',
  'tags.album': 'keyword',
  'tags.genre': 'keyword',
  'tags.year': 'number',
  'tags.comment': 'text',
  'sync.source': 'keyword',
  'sync.run': 'keyword',
};

/** Short names people type: the last part of a field's path. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map(
  Object.keys(FILTERABLE_FIELDS).map((field) => [field.slice(field.indexOf('.') + 1), field]),
);

const LABEL = /^labels\.[^:]+$/;
const RANGE = /^(>=|<=|>|<)(.+)$/;
const OPERATORS: Readonly<Record<string, string>> = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' };

function kindOf(field: string): FieldKind {
  const kind = LABEL.test(field) ? 'keyword' : FILTERABLE_FIELDS[field];
  if (kind) return kind;
  const names = [...Object.keys(FILTERABLE_FIELDS), 'labels.<name>'].join(', ');
  throw new QueryInvalidError(
    `There is no filter on ${field}. Fields: ${names}; the part before the dot may be left out`,
  );
}

function checkValue(field: string, kind: FieldKind, value: string): string | number {
  if (kind === 'number') {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number))
      throw new QueryInvalidError(`${field} takes a number, not ${value}`);
    return number;
  }
  if (kind === 'date' && Number.isNaN(Date.parse(value)))
    throw new QueryInvalidError(`${field} takes an ISO 8601 date, not ${value}`);
  return value;
}

function valueClause(field: string, kind: FieldKind, text: string): FilterClause {
  const value = checkValue(field, kind, text);
  if (kind === 'number') return { term: { [field]: value } };
  if (kind === 'date') return { range: { [field]: { gte: value, lte: value } } };
  if (kind === 'text') return { match: { [field]: { query: value, operator: 'and' } } };
  const isPattern = text.includes('*') && !field.startsWith('labels.');
  return { [isPattern ? 'wildcard' : 'term']: { [field]: { value, case_insensitive: true } } };
}

function rangeClause(field: string, kind: FieldKind, [, operator = '', text = '']: RegExpExecArray): FilterClause {
  if (kind !== 'number' && kind !== 'date')
    throw new QueryInvalidError(
      `${field} has no order; ranges go with numbers and dates, such as audio.duration_ms:>=5000`,
    );
  return { range: { [field]: { [OPERATORS[operator] ?? '']: checkValue(field, kind, text) } } };
}

/**
 * One `--filter`: `field:value`, `field:>=value`; keywords ignore case and take `*`.
 * @throws QueryInvalidError naming what can be filtered
 */
export function parseFilter(text: string): FilterClause {
  const colon = text.indexOf(':');
  if (colon < 1 || colon === text.length - 1)
    throw new QueryInvalidError(`A filter is field:value, such as audio.codec:flac, not ${text}`);
  const name = text.slice(0, colon);
  const field = SHORT_NAMES.get(name) ?? name;
  const kind = kindOf(field);
  const value = text.slice(colon + 1);
  const range = RANGE.exec(value);
  return range ? rangeClause(field, kind, range) : valueClause(field, kind, value);
}
