// SPDX-License-Identifier: Apache-2.0
import type { DefinitionCluster } from '../../ports/definition-cluster.ts';
import { EarshotError } from '../earshot-error.ts';
import type { Removal } from './plan-destroy.ts';

export interface KeptObject {
  readonly kind: Removal['kind'];
  readonly name: string;
  /** Elasticsearch's words. */
  readonly reason: string;
}

/** Deletes in order; what Elasticsearch refuses (a template that a data stream uses, where streams have no API) is kept and named. */
export async function runDestroy(
  removals: readonly Removal[],
  cluster: DefinitionCluster,
  onDeleted: (removal: Removal) => void,
): Promise<readonly KeptObject[]> {
  const kept: KeptObject[] = [];
  for (const removal of removals) {
    try {
      await cluster.send(removal.request);
      onDeleted(removal);
    } catch (error) {
      if (!(error instanceof EarshotError) || error.code !== 'ELASTICSEARCH_REFUSED') throw error;
      kept.push({ kind: removal.kind, name: removal.name, reason: error.message });
    }
  }
  return kept;
}
