// SPDX-License-Identifier: Apache-2.0
import { makeTempDir, type ResolvedElasticsearch, startElasticsearch } from '@earshot/e2e/support';
import type { Client } from '@elastic/elasticsearch';
import { createElasticsearchClient } from '../adapters/elasticsearch-client.ts';
import { loadConfig } from '../config/load-config.ts';
import { applyDefinitions } from './apply-definitions.ts';
import { type ElasticsearchProxy, startElasticsearchProxy } from './elasticsearch-proxy.ts';
import { type InferenceStandIn, startInferenceStandIn } from './inference-stand-in.ts';
import { makeLibraryIndex } from './make-library-index.ts';
import { type BucketContents, type SimulatedBucket, startSimulatedBucket } from './simulated-bucket.ts';
import { dropLibraries } from './sync-bench.ts';
import { writeTestCard } from './write-test-card.ts';

/** For stages whose recordings lie elsewhere. */
export const NO_CONTENTS: BucketContents = {
  count: 0,
  at: () => ({ key: '', size: 0, etag: '' }),
  find: () => undefined,
  bodyOf: () => [],
};

export const STAGE_SPACE = 'tone-1';

/** A library of its own on the stage, and what leads the command line to it. */
export interface StagedLibrary {
  readonly library: string;
  /** Read alias. */
  readonly index: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A real Elasticsearch behind a proxy that sees every request, a stand-in of the service with a space of eight
 * dimensions, and a simulated bucket: everything is counted, and little of the time goes into anything but the sync job.
 */
export interface SyncStage {
  readonly client: Client;
  readonly fingerprint: string;
  readonly proxy: ElasticsearchProxy;
  readonly service: InferenceStandIn;
  readonly bucket: SimulatedBucket;
  addLibrary(): Promise<StagedLibrary>;
  stop(): Promise<void>;
}

async function prepare(cluster: ResolvedElasticsearch, modelsDir: string): Promise<Client> {
  await applyDefinitions({ ...cluster.env, EARSHOT_MODELS_DIR: modelsDir, EARSHOT_SPACE: STAGE_SPACE });
  return createElasticsearchClient(loadConfig({}, cluster.env).config);
}

export async function startSyncStage(contents: BucketContents): Promise<SyncStage> {
  const modelsDir = makeTempDir('models');
  const fingerprint = writeTestCard(modelsDir);
  const prefix = `stage${process.pid}x`;
  const cluster = await startElasticsearch();
  const [client, proxy, service, bucket] = await Promise.all([
    prepare(cluster, modelsDir),
    startElasticsearchProxy(cluster.url),
    startInferenceStandIn([{ id: STAGE_SPACE, fingerprint, dims: 8 }]),
    startSimulatedBucket(contents),
  ]);
  let libraries = 0;
  return {
    client,
    fingerprint,
    proxy,
    service,
    bucket,
    addLibrary: async () => {
      const library = `${prefix}${++libraries}`;
      const env = {
        ...cluster.env,
        ...bucket.env,
        ELASTICSEARCH_URL: proxy.url,
        EARSHOT_INFERENCE_URL: service.url,
        EARSHOT_LIBRARY: library,
        EARSHOT_SPACE: STAGE_SPACE,
        EARSHOT_MODELS_DIR: modelsDir,
      };
      return { library, index: await makeLibraryIndex(client, { library, space: STAGE_SPACE }), env };
    },
    stop: async () => {
      await dropLibraries(client, prefix).catch(() => undefined);
      await Promise.all([proxy.stop(), service.stop(), bucket.stop(), client.close()]);
      await cluster.stop();
    },
  };
}
