// SPDX-License-Identifier: Apache-2.0
import { MANAGED_BY } from '@earshot/mappings';
import { type Definition, definitionPath, type JsonObject } from '@earshot/mappings/definitions';
import type { ClusterSnapshot } from '../../ports/definition-cluster.ts';
import type { PlannedStep } from './apply-plan.ts';
import { stampHash } from './definition-hash.ts';
import { describeDifference, semanticDiff } from './semantic-diff.ts';

/** Whether an object says by its `_meta` that it is ours. */
export const isOwned = (object: JsonObject): boolean =>
  (object._meta as JsonObject | undefined)?.managed_by === MANAGED_BY;

/** Compares one template or pipeline with what the cluster has under its name. */
export function planDefinition(definition: Definition, snapshot: ClusterSnapshot): PlannedStep {
  const { kind, name, body } = stampHash(definition);
  const stored = snapshot[kind].get(name);
  const step = { kind, name, request: { method: 'PUT', path: definitionPath({ kind, name }), body } } as const;
  if (!stored) return { ...step, effect: 'create', reasons: [] };
  if (!isOwned(stored)) {
    const reasons = [`exists, but not with _meta.managed_by "${MANAGED_BY}": it belongs to someone else`];
    return { kind, name, effect: 'foreign', reasons };
  }
  const differences = semanticDiff(body, stored);
  if (differences.length === 0) return { kind, name, effect: 'unchanged', reasons: [] };
  const isSameText = (stored._meta as JsonObject).hash === (body._meta as JsonObject).hash;
  const reasons = differences.filter(({ path }) => !path.endsWith('_meta.hash')).map(describeDifference);
  return { ...step, effect: isSameText ? 'edited' : 'update', reasons };
}
