// SPDX-License-Identifier: Apache-2.0
import { readCapabilities } from './elasticsearch-capabilities.ts';
import { hasDockerEngine, hasDockerSocket, startElasticsearchContainer } from './elasticsearch-container.ts';
import { whyNoElasticsearchHome } from './elasticsearch-home.ts';
import { type GivenElasticsearch, givenElasticsearch } from './given-elasticsearch.ts';
import {
  type ElasticsearchOptions,
  type RunningElasticsearch,
  startElasticsearchHome,
} from './start-elasticsearch-home.ts';

export interface ResolvedElasticsearch extends RunningElasticsearch {
  /** Where it comes from; what is `given` is never stopped by us. */
  readonly origin: 'given' | 'docker' | 'home';
  /** Settings for `runEarshot` and the launchers. */
  readonly env: Readonly<Record<string, string>>;
}

export type Resolution = { readonly running: ResolvedElasticsearch } | { readonly reason: string };

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

/** The order of demo and tests: `ELASTICSEARCH_URL`, a Docker engine, a home in the cache; else why there is none. */
export async function resolveElasticsearch(options: ElasticsearchOptions = {}): Promise<Resolution> {
  const given = givenElasticsearch(process.env);
  if (given) return useGiven(given, options.licence);
  if (!options.dataDir && (await hasDockerEngine())) {
    const container = await startElasticsearchContainer({
      licence: options.licence ?? 'basic',
      port: options.port ?? 0,
    });
    const { version } = await readCapabilities(container.url);
    return {
      running: { ...container, version, origin: 'docker', env: { ELASTICSEARCH_URL: container.url } },
    };
  }
  const reason = whyNoElasticsearchHome();
  if (reason) return { reason };
  const home = await startElasticsearchHome(options);
  return { running: { ...home, origin: 'home', env: { ELASTICSEARCH_URL: home.url } } };
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
