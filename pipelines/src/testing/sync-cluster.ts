// SPDX-License-Identifier: Apache-2.0
import { startElasticsearch } from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { createElasticsearchClient } from '../adapters/elasticsearch-client.ts';
import { loadConfig } from '../config/load-config.ts';
import { applyDefinitions } from './apply-definitions.ts';
import { type InferenceStandIn, startInferenceStandIn } from './inference-stand-in.ts';
import { servedSpaces } from './served-spaces.ts';
import { createSyncBench, dropLibraries, type SyncBench } from './sync-bench.ts';

interface Options {
  /** Begins the names of its libraries: another one in each test file. */
  readonly prefix: string;
  /** Applied, and served by the stand-in. */
  readonly spaces?: readonly string[];
  /** Folder of cards that are not shipped. */
  readonly modelsDir?: string;
}

/** What most tests of `earshot sync` stand on: a real Elasticsearch with the definitions, a stand-in of the service. */
export interface SyncCluster {
  /** Leads the command line to the cluster. */
  readonly env: Readonly<Record<string, string>>;
  readonly client: Client;
  readonly service: InferenceStandIn;
  /** A library of its own, over a folder of its own; `env` adds to its settings or replaces them. */
  bench(env?: Readonly<Record<string, string>>): Promise<SyncBench>;
  stop(): Promise<void>;
}

export async function startSyncCluster({
  prefix: name,
  spaces = ['spectral-1'],
  modelsDir,
}: Options): Promise<SyncCluster> {
  const [cluster, service] = await Promise.all([
    startElasticsearch(),
    startInferenceStandIn(servedSpaces(spaces, modelsDir)),
  ]);
  const client = createElasticsearchClient(loadConfig({}, cluster.env).config);
  const models: Record<string, string> = modelsDir ? { EARSHOT_MODELS_DIR: modelsDir } : {};
  await applyDefinitions({ ...cluster.env, ...models, EARSHOT_SPACE: spaces.join() });
  // On a given cluster other runs may have left theirs.
  const prefix = `${name}${process.pid}x`;
  let libraries = 0;
  return {
    env: cluster.env,
    client,
    service,
    bench: (env) =>
      createSyncBench({
        clusterEnv: cluster.env,
        client,
        inferenceUrl: service.url,
        library: `${prefix}${++libraries}`,
        env: { ...models, ...env },
      }),
    stop: async () => {
      await dropLibraries(client, prefix);
      await Promise.all([service.stop(), client.close()]);
      await cluster.stop();
    },
  };
}
