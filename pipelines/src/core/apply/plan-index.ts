// SPDX-License-Identifier: Apache-2.0
import type { Json, JsonObject } from '@earshot/mappings/definitions';
import type { ClusterRequest, ClusterSnapshot, StoredIndex } from '../../ports/definition-cluster.ts';
import type { PlannedStep } from './apply-plan.ts';
import { isOwned } from './plan-definition.ts';
import { describeDifference, semanticDiff } from './semantic-diff.ts';

/** An index that should exist, reached through aliases. */
export interface WantedIndex {
  /** Made when no index stands behind `alias` yet. */
  readonly name: string;
  /** The alias that says which index is in use. */
  readonly alias: string;
  /** All its aliases with their options; `alias` is one of them. */
  readonly aliases: Readonly<Record<string, JsonObject>>;
  readonly mappings: JsonObject;
  /** Settings that may be changed on an open index, flat. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The mapping's `_meta` keys that decide which vectors may lie in an index. */
const IDENTITY = ['space', 'fingerprint', 'dims', 'similarity', 'mapping_version'];

function findCurrent(wanted: WantedIndex, { indices }: ClusterSnapshot): [string, StoredIndex] | undefined {
  const behind = [...indices].filter(([, index]) => wanted.alias in index.aliases);
  const own = indices.get(wanted.name);
  return behind[0] ?? (own ? [wanted.name, own] : undefined);
}

/** Reasons why the stored index can never hold what is wanted. */
function identityConflicts(wanted: WantedIndex, stored: StoredIndex): string[] {
  const want = (wanted.mappings._meta ?? {}) as JsonObject;
  const have = (stored.mappings._meta ?? {}) as JsonObject;
  return IDENTITY.filter((key) => key in want && String(want[key]) !== String(have[key])).map(
    (key) =>
      `${key} of the index is ${String(have[key] ?? 'absent')}, wanted is ${String(want[key])}: this needs a new index; ` +
      'give the card a new version, which gets an index of its own beside this one',
  );
}

interface MappingChange {
  readonly blocked: readonly string[];
  readonly additive: readonly string[];
}

/** Additions go in place; a field that is there with another type or option needs a new index. */
function mappingChange(wanted: WantedIndex, stored: StoredIndex): MappingChange {
  const properties = (of: JsonObject): JsonObject => ({ properties: of.properties ?? {}, dynamic: of.dynamic ?? true });
  const differences = semanticDiff(properties(wanted.mappings), properties(stored.mappings));
  const blocked = differences.filter(({ path, stored: have }) => have !== undefined && path !== 'dynamic');
  const additive = differences.filter((difference) => !blocked.includes(difference));
  return {
    blocked: blocked.map((difference) => `${describeDifference(difference)}: this needs a new index`),
    additive: additive.map(describeDifference),
  };
}

function planMapping(wanted: WantedIndex, name: string, stored: StoredIndex): PlannedStep {
  const { blocked, additive } = mappingChange(wanted, stored);
  const conflicts = [...identityConflicts(wanted, stored), ...blocked];
  if (conflicts.length > 0) return { kind: 'index', name, effect: 'blocked', reasons: conflicts };
  if (additive.length === 0) return { kind: 'index', name, effect: 'unchanged', reasons: [] };
  const request: ClusterRequest = { method: 'PUT', path: `/${name}/_mapping`, body: wanted.mappings };
  return { kind: 'index', name, effect: 'update', reasons: additive, request };
}

function planSettings(wanted: WantedIndex, name: string, stored: StoredIndex): PlannedStep[] {
  const changed = Object.entries(wanted.settings).filter(([key, value]) => stored.settings[key] !== value);
  if (changed.length === 0) return [];
  const body = Object.fromEntries(changed);
  const reasons = changed.map(([path, value]) =>
    describeDifference({ path, stored: stored.settings[path], wanted: value }),
  );
  return [
    { kind: 'index', name, effect: 'update', reasons, request: { method: 'PUT', path: `/${name}/_settings`, body } },
  ];
}

interface StoredAlias {
  readonly alias: string;
  readonly name: string;
  /** Wanted. */
  readonly options: JsonObject;
  readonly stored: Json | undefined;
}

/** A wanted filter is added where there is none; one is never taken away, nor exchanged for another. */
function planFilter({ alias, name, options, stored }: StoredAlias): PlannedStep[] {
  const { filter } = options;
  const { filter: other } = (stored ?? {}) as JsonObject;
  if (filter === undefined) return [];
  if (other === undefined) {
    const request: ClusterRequest = {
      method: 'POST',
      path: '/_aliases',
      body: { actions: [{ add: { index: name, alias, ...options } }] },
    };
    return [{ kind: 'alias', name: alias, effect: 'update', reasons: ['hides what is soft-deleted'], request }];
  }
  if (semanticDiff({ filter }, { filter: other }).length === 0) return [];
  const reasons = [`has a filter of its own, and must also hide what is soft-deleted: ${JSON.stringify(filter)}`];
  return [{ kind: 'alias', name: alias, effect: 'blocked', reasons }];
}

function planAliases(wanted: WantedIndex, name: string, { indices }: ClusterSnapshot): PlannedStep[] {
  return Object.entries(wanted.aliases).flatMap(([alias, options]): PlannedStep[] => {
    if (indices.has(alias))
      return [{ kind: 'alias', name: alias, effect: 'foreign', reasons: ['an index has this name'] }];
    const behind = [...indices].find(([, index]) => alias in index.aliases);
    if (behind) return planFilter({ alias, name: behind[0], options, stored: behind[1].aliases[alias] });
    const body: JsonObject = { actions: [{ add: { index: name, alias, ...options } }] };
    const request: ClusterRequest = { method: 'POST', path: '/_aliases', body };
    return [{ kind: 'alias', name: alias, effect: 'create', reasons: [`→ ${name}`], request }];
  });
}

/** Compares one index and its aliases with the cluster; never moves an alias and never deletes. */
export function planIndex(wanted: WantedIndex, snapshot: ClusterSnapshot): PlannedStep[] {
  const taken = Object.keys(wanted.aliases).filter((alias) => snapshot.indices.has(alias));
  if (taken.length > 0) return planAliases(wanted, wanted.name, snapshot);
  const current = findCurrent(wanted, snapshot);
  if (!current) {
    const request: ClusterRequest = { method: 'PUT', path: `/${wanted.name}`, body: { aliases: wanted.aliases } };
    const reasons = [`with aliases ${Object.keys(wanted.aliases).join(', ')}`];
    return [{ kind: 'index', name: wanted.name, effect: 'create', reasons, request }];
  }
  const [name, stored] = current;
  if (!isOwned(stored.mappings))
    return [{ kind: 'index', name, effect: 'foreign', reasons: [`stands behind ${wanted.alias}, but is not ours`] }];
  const mapping = planMapping(wanted, name, stored);
  if (mapping.effect === 'blocked') return [mapping];
  return [mapping, ...planSettings(wanted, name, stored), ...planAliases(wanted, name, snapshot)];
}
