// SPDX-License-Identifier: Apache-2.0
import { type Client, errors } from '@elastic/elasticsearch';
import type { ClusterCapabilities } from '../ports/cluster-capabilities.ts';
import { toEarshotError } from './elasticsearch-client.ts';

interface NodeFacts {
  readonly version: string;
  readonly modules?: readonly { readonly name: string }[];
  readonly ingest?: { readonly processors: readonly { readonly type: string }[] };
}

/** Processors that `pipelines/ingest/*.json` use. */
const NEEDED_PROCESSORS = ['set', 'remove', 'script'] as const;

const numberOf = (version: string): number => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
};
const isAtLeast = (version: string, wanted: string): boolean => numberOf(version) >= numberOf(wanted);

async function ask<T>(client: Client, path: string): Promise<T | undefined> {
  try {
    return await client.transport.request<T>({ method: 'GET', path });
  } catch (error) {
    const status = error instanceof errors.ResponseError ? error.statusCode : undefined;
    if (status !== undefined && status !== 401) return undefined;
    throw toEarshotError(error, 'asking what the cluster can do');
  }
}

/** Whether security is on: without it the route does not exist (core) or refuses (full distribution). */
async function hasSecurity(client: Client): Promise<boolean> {
  return (await ask(client, '/_security/_authenticate')) !== undefined;
}

/** Credentials that may not ask (a search-only key) get what every supported version can do. */
const UNASKED: Omit<ClusterCapabilities, 'licence' | 'hasSecurity'> = {
  version: 'unknown',
  hasIngestProcessors: false,
  hasPainless: true,
  acceptsBase64Documents: false,
  acceptsBase64Queries: false,
  hasLookupBuilder: false,
};

function fromNodes(nodes: readonly NodeFacts[]): Omit<ClusterCapabilities, 'licence' | 'hasSecurity'> {
  const [version = 'unknown'] = nodes.map((node) => node.version).sort((a, b) => numberOf(a) - numberOf(b));
  const onEvery = (has: (node: NodeFacts) => boolean): boolean => nodes.every(has);
  return {
    version,
    hasPainless: onEvery((node) => node.modules?.some(({ name }) => name === 'lang-painless') === true),
    hasIngestProcessors: onEvery((node) =>
      NEEDED_PROCESSORS.every((type) => node.ingest?.processors.some((processor) => processor.type === type)),
    ),
    acceptsBase64Documents: isAtLeast(version, '9.3'),
    acceptsBase64Queries: isAtLeast(version, '9.4'),
    hasLookupBuilder: isAtLeast(version, '9.4'),
  };
}

/**
 * Asks the cluster what it can do.
 * @throws EarshotError ELASTICSEARCH_UNAVAILABLE or ELASTICSEARCH_DENIED (401)
 */
export async function clusterCapabilities(client: Client): Promise<ClusterCapabilities> {
  const filter = 'filter_path=nodes.*.version,nodes.*.modules.name,nodes.*.ingest.processors.type';
  const [answer, licence, isSecured] = await Promise.all([
    ask<{ nodes?: Record<string, NodeFacts> }>(client, `/_nodes/plugins,ingest?${filter}`),
    ask<{ license: { type: string } }>(client, '/_license'),
    hasSecurity(client),
  ]);
  const nodes = Object.values(answer?.nodes ?? {});
  return {
    ...(nodes.length > 0 ? fromNodes(nodes) : UNASKED),
    licence: licence?.license.type ?? 'unknown',
    hasSecurity: isSecured,
  };
}
