// SPDX-License-Identifier: Apache-2.0
import { readCapabilities } from './elasticsearch-capabilities.ts';
import { hasDockerEngine, startElasticsearchContainer } from './elasticsearch-container.ts';
import { whyNoElasticsearchHome } from './elasticsearch-home.ts';
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

/** A server of our own: from a Docker engine, else from the home in the cache; or why there is none. */
export async function launchElasticsearch(options: ElasticsearchOptions = {}): Promise<Resolution> {
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
