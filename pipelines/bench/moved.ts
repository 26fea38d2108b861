#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `moved [recordings] [seed]`: a renamed folder, its vectors reused, against embedding it again; real service, real Elasticsearch. */
import { loadavg } from 'node:os';
import { renderWav, runEarshot, startElasticsearch, startInferenceService } from '@earshot/e2e/support';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { createSeededRandom } from '../src/core/seeded-random.ts';
import { createSyncBench, dropLibraries, type FinishedLine } from '../src/testing/sync-bench.ts';

const count = Number(process.argv[2] ?? 150);
const random = createSeededRandom(Number(process.argv[3] ?? 1));
const SECONDS = 20;

const [cluster, service] = await Promise.all([startElasticsearch(), startInferenceService()]);
const client = createElasticsearchClient(loadConfig({}, cluster.env).config);
const library = `moved${process.pid}`;

/** Requests for embeddings that the service has answered. */
async function embeddingsServed(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counted = text.matchAll(/^earshot_inference_requests_total\{.*audio\/embeddings.*\} (\d+)/gm);
  return [...counted].reduce((sum, [, answered]) => sum + Number(answered), 0);
}

try {
  const { code, stderr } = await runEarshot(['apply', '--yes'], { env: cluster.env });
  if (code !== 0) throw new Error(stderr);
  const bench = await createSyncBench({ clusterEnv: cluster.env, inferenceUrl: service.url, client, library });
  const recordings = Array.from({ length: count }, (_, i) => {
    const frequencyHz = 80 * 2 ** (6 * random());
    return renderWav((second) => Math.sin(2 * Math.PI * frequencyHz * second) * 0.5, SECONDS, `Tone ${i}`);
  });
  const put = (folder: string): void => recordings.forEach((wav, i) => void bench.put(`${folder}/${i}.wav`, wav));
  put('before');
  const measure = async (title: string, url: string, flags: readonly string[] = []): Promise<number> => {
    const before = await embeddingsServed(url);
    const env = { EARSHOT_INFERENCE_URL: url };
    const { json, code: exit } = await bench.earshot(['sync', 'run', '--json', ...flags], { env });
    const { counts, duration_ms } = json as FinishedLine & { readonly duration_ms: number };
    const asked = (await embeddingsServed(url)) - before;
    console.log(
      `${title}: ${counts.indexed} indexed, ${counts.reused} reused, ${counts.deleted} deleted, ${asked} embeddings, ${(duration_ms / 1000).toFixed(1)} s, exit ${exit}`,
    );
    return duration_ms;
  };
  console.log(`${count} recordings of ${SECONDS} s; load ${loadavg()[0]?.toFixed(1)}`);
  await measure('first run', service.url);
  for (let i = 0; i < count; i++) bench.remove(`before/${i}.wav`);
  put('after');
  const moved = await measure('folder renamed', service.url, ['--force-delete']);
  // The service remembers the bytes it has embedded; a fresh one does not.
  const fresh = await startInferenceService();
  const embedded = await measure('embedded again (--force), fresh service', fresh.url, ['--force']).finally(fresh.stop);
  console.log(`reuse is ${(embedded / moved).toFixed(1)} times as fast`);
  const verified = await bench.earshot(['sync', 'verify', '--json']);
  console.log(`verify: ${JSON.stringify((verified.json as { spaces: readonly object[] }).spaces[0])}`);
} finally {
  await dropLibraries(client, library);
  await client.close();
  await service.stop();
  await cluster.stop();
}
