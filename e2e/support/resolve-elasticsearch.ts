// SPDX-License-Identifier: Apache-2.0
import { borrowElasticsearch } from './borrow-elasticsearch.ts';
import { readCapabilities } from './elasticsearch-capabilities.ts';
import { hasDockerSocket } from './elasticsearch-container.ts';
import { whyNoElasticsearchHome } from './elasticsearch-home.ts';
import { type GivenElasticsearch, givenElasticsearch } from './given-elasticsearch.ts';
import { launchElasticsearch, type Resolution, type ResolvedElasticsearch } from './launch-elasticsearch.ts';
import type { ElasticsearchOptions } from './start-elasticsearch-home.ts';

/** Where a test run lends servers to its files (`share-elasticsearch.ts`). */
export const LENDER_VARIABLE = 'EARSHOT_ELASTICSEARCH_LENDER';

async function useGiven({ url, headers, env }: GivenElasticsearch, licence?: string): Promise<Resolution> {
  try {
    const { version, licence: actual } = await readCapabilities(url, headers);
    if (licence === 'trial' && actual === 'basic')
      return { reason: 'the given cluster has a basic licence, trial is needed' };
    return { running: { url, version, env, origin: 'given', stop: async () => undefined } };
  } catch (error) {
    return { reason: `ELASTICSEARCH_URL (${new URL(url).origin}) cannot be used: ${(error as Error).message}` };
  }
}

/**
 * The order of demo and tests: `ELASTICSEARCH_URL`, in a test run one that was used and cleaned, a Docker engine, a home
 * in the cache; else why there is none. A server with options of its own is always a new one.
 */
export async function resolveElasticsearch(options: ElasticsearchOptions = {}): Promise<Resolution> {
  const given = givenElasticsearch(process.env);
  if (given) return useGiven(given, options.licence);
  const lender = process.env[LENDER_VARIABLE];
  return lender && Object.keys(options).length === 0 ? borrowElasticsearch(lender) : launchElasticsearch(options);
}

/** Why no Elasticsearch is to be had here, or undefined when one should be; cheap, for gates of tests. */
export function whyNoElasticsearch(): string | undefined {
  if (givenElasticsearch(process.env) || hasDockerSocket()) return undefined;
  return whyNoElasticsearchHome();
}

/** The same order, for callers that cannot go on without one. */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<ResolvedElasticsearch> {
  const resolution = await resolveElasticsearch(options);
  if ('reason' in resolution) throw new Error(resolution.reason);
  return resolution.running;
}
