// SPDX-License-Identifier: Apache-2.0
import { type SavedObject, TYPE_MIGRATION_VERSIONS } from '../objects/saved-object.ts';
import type { Finding, Rule } from './validate-bundle.ts';

const nameOf = (object: SavedObject): string => `${object.type}:${object.id}`;

const SERVER_OWNED = [
  'namespaces',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'version',
  'originId',
  'migrationVersion',
];

/** Attributes that hold JSON as a string. */
const JSON_STRINGS: Record<string, readonly string[]> = {
  'index-pattern': ['fields', 'fieldFormatMap', 'fieldAttrs', 'runtimeFieldMap', 'sourceFilters'],
  dashboard: ['panelsJSON', 'optionsJSON'],
  search: [],
};

/** A dashboard with a key outside this list is refused by Kibana as a whole. */
const DASHBOARD_KEYS = new Set([
  'title',
  'description',
  'kibanaSavedObjectMeta',
  'timeRestore',
  'timeFrom',
  'timeTo',
  'refreshInterval',
  'controlGroupInput',
  'panelsJSON',
  'optionsJSON',
  'version',
  'hits',
]);

function isJson(value: unknown): boolean {
  try {
    JSON.parse(String(value));
    return true;
  } catch {
    return false;
  }
}

function jsonProblems(object: SavedObject): string[] {
  const strings = (JSON_STRINGS[object.type] ?? []).filter((key) => !isJson(object.attributes[key]));
  const meta = object.attributes.kibanaSavedObjectMeta as { searchSourceJSON?: string } | undefined;
  const source = object.type === 'index-pattern' || isJson(meta?.searchSourceJSON) ? [] : ['searchSourceJSON'];
  return [...strings, ...source].map((key) => `${key} is not a string holding JSON`);
}

function versionProblems(object: SavedObject): string[] {
  const expected = TYPE_MIGRATION_VERSIONS[object.type];
  if (expected === undefined) return [`type ${object.type} is not one this bundle may hold`];
  if (object.typeMigrationVersion !== expected) return [`typeMigrationVersion must be ${expected}`];
  return object.coreMigrationVersion === '8.8.0' ? [] : ['coreMigrationVersion must be 8.8.0'];
}

function identityProblems(object: SavedObject): string[] {
  const owned = SERVER_OWNED.filter((key) => key in object).map((key) => `${key} is owned by the server`);
  const id = /^earshot-[a-z0-9_-]+$/.test(object.id) ? [] : ['the id must be earshot-<slug>'];
  return [...owned, ...id];
}

function keyProblems(object: SavedObject): string[] {
  if (object.type !== 'dashboard') return [];
  return Object.keys(object.attributes)
    .filter((key) => !DASHBOARD_KEYS.has(key))
    .map((key) => `Kibana refuses the dashboard attribute ${key}`);
}

function duplicates(objects: readonly SavedObject[], of: (object: SavedObject) => string): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const value of objects.map(of)) (seen.has(value) ? twice : seen).add(value);
  return twice;
}

/** V1–V3, V8: identity, versions, strings that parse, unique ids and titles. */
export const checkShapes: Rule = (objects) => {
  const each = (rule: string, problems: (object: SavedObject) => string[]): Finding[] =>
    objects.flatMap((object) => problems(object).map((message) => ({ rule, object: nameOf(object), message })));
  const ids = [...duplicates(objects, nameOf)].map((object) => ({
    rule: 'V1',
    object,
    message: 'stands twice in the file',
  }));
  const titled = objects.filter((object) => object.type !== 'index-pattern');
  const titles = duplicates(titled, (object) => `${object.type}:${String(object.attributes.title)}`);
  return [
    ...ids,
    ...each('V1', identityProblems),
    ...each('V2', versionProblems),
    ...each('V3', jsonProblems),
    ...each('V3', keyProblems),
    ...titled
      .filter((object) => !String(object.attributes.title).startsWith('[Earshot] '))
      .map((object) => ({ rule: 'V8', object: nameOf(object), message: 'the title must begin with [Earshot]' })),
    ...[...titles].map((object) => ({ rule: 'V8', object, message: 'the title stands twice' })),
  ];
};
