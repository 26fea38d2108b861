// SPDX-License-Identifier: Apache-2.0
import { definitionPath } from '@earshot/mappings/definitions';
import type { ClusterRequest, ClusterSnapshot } from '../../ports/definition-cluster.ts';
import { isOwned } from './plan-definition.ts';

export interface Removal {
  readonly kind: 'data_stream' | 'index' | 'index_template' | 'component_template' | 'ingest_pipeline';
  readonly name: string;
  readonly request: ClusterRequest;
}

/** Users before what they use: a pipeline or template in use cannot be deleted. */
const DEFINITION_ORDER = ['index_template', 'component_template', 'ingest_pipeline'] as const;

/** Everything that says by its `_meta` that it is ours, in the order in which it can be deleted. */
export function planDestroy(snapshot: ClusterSnapshot): Removal[] {
  const removal = (kind: Removal['kind'], name: string, path: string): Removal => ({
    kind,
    name,
    request: { method: 'DELETE', path },
  });
  const streams = [...(snapshot.dataStreams ?? [])]
    .filter(([, stream]) => isOwned(stream))
    .map(([name]) => removal('data_stream', name, `/_data_stream/${name}`));
  const indices = [...snapshot.indices]
    .filter(([, index]) => isOwned(index.mappings))
    .map(([name]) => removal('index', name, `/${name}`));
  const definitions = DEFINITION_ORDER.flatMap((kind) =>
    [...snapshot[kind]]
      .filter(([, body]) => isOwned(body))
      .map(([name]) => removal(kind, name, definitionPath({ kind, name }))),
  );
  return [...streams, ...indices, ...definitions];
}
