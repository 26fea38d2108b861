// SPDX-License-Identifier: Apache-2.0
import type { ClusterRequest } from '../../ports/definition-cluster.ts';

/**
 * What happens to one object. `edited`: its hash says it is what we wrote, its text says otherwise (changed by hand);
 * `foreign` and `blocked` objects are never touched and stop the whole apply.
 */
export type Effect = 'create' | 'update' | 'edited' | 'unchanged' | 'foreign' | 'blocked';

export interface PlannedStep {
  readonly kind: 'component_template' | 'index_template' | 'ingest_pipeline' | 'index' | 'alias' | 'data_stream';
  readonly name: string;
  readonly effect: Effect;
  /** Why, one finding each. */
  readonly reasons: readonly string[];
  /** What apply sends; absent when nothing is to be done. */
  readonly request?: ClusterRequest;
}

/** In the order in which apply works: templates, pipelines, indices, aliases, data streams. */
export type ApplyPlan = readonly PlannedStep[];

export const isRefusal = ({ effect }: PlannedStep): boolean => effect === 'foreign' || effect === 'blocked';
export const isChange = ({ effect }: PlannedStep): boolean => ['create', 'update', 'edited'].includes(effect);
