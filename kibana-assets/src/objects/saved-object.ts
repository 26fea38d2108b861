// SPDX-License-Identifier: Apache-2.0

export interface Reference {
  readonly name: string;
  readonly type: string;
  readonly id: string;
}

/** One line of a saved-object file, as `POST /api/saved_objects/_import` reads it. */
export interface SavedObject {
  readonly type: SavedObjectType;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly Reference[];
  readonly coreMigrationVersion: string;
  readonly typeMigrationVersion: string;
}

/**
 * The lowest migration version of each type that Kibana 8.19 and 9.x both migrate upwards from. Without one, every
 * migration since the beginning runs and modern objects break; with a higher one than Kibana's own, it answers 422.
 */
export const TYPE_MIGRATION_VERSIONS = {
  'index-pattern': '8.0.0',
  search: '8.0.0',
  dashboard: '10.2.0',
} as const;

export type SavedObjectType = keyof typeof TYPE_MIGRATION_VERSIONS;

const CORE_MIGRATION_VERSION = '8.8.0';

/** A saved object with the versions of its type filled in. */
export function savedObject(
  type: SavedObjectType,
  id: string,
  attributes: SavedObject['attributes'],
  references: readonly Reference[] = [],
): SavedObject {
  return {
    type,
    id,
    attributes,
    references,
    coreMigrationVersion: CORE_MIGRATION_VERSION,
    typeMigrationVersion: TYPE_MIGRATION_VERSIONS[type],
  };
}

/** Kibana keeps nested settings as strings that hold JSON. */
export const jsonString = (value: unknown): string => JSON.stringify(value);

export const NO_QUERY = { query: { language: 'kuery', query: '' }, filter: [] } as const;
