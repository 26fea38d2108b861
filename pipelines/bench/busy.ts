#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** `busy [recordings] [seconds]`: whether a sync run keeps the service busy: its recordings a second beside the service's own. */
import { randomBytes } from 'node:crypto';
import {
  describeMachine,
  renderWav,
  runEarshot,
  startElasticsearch,
  startInferenceService,
} from '@earshot/e2e/support';
import { createElasticsearchClient } from '../src/adapters/elasticsearch-client.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { createSyncBench, dropLibraries } from '../src/testing/sync-bench.ts';

const [count = 300, seconds = 10] = process.argv.slice(2).map(Number);
const CLIENTS = 16;
const template = renderWav((at) => Math.sin(2 * Math.PI * 440 * at) * 0.3, seconds, 'tone');

/** No two are equal, so that nothing is answered from memory: noise over the last tenth. */
function nextRecording(): Buffer {
  const recording = Buffer.from(template);
  randomBytes(Math.floor(recording.length / 10)).copy(recording, Math.floor(recording.length * 0.9));
  return recording;
}

console.log(describeMachine());
const cluster = await startElasticsearch();
const service = await startInferenceService();
const client = createElasticsearchClient(loadConfig({}, cluster.env).config);
const prefix = `busy${process.pid}x`;

/** Recordings a second that the service alone gives to clients that never pause. */
async function measureService(): Promise<number> {
  const address = `${service.url}/v1/audio/embeddings?model=spectral-1&encoding=base64&segments=true&peaks=800`;
  const headers = { 'content-type': 'application/octet-stream', 'x-earshot-priority': 'bulk' };
  let left = count;
  const ask = async (): Promise<void> => {
    while (left-- > 0) {
      const answer = await fetch(address, { method: 'POST', headers, body: new Uint8Array(nextRecording()) });
      if (!answer.ok) throw new Error(`the service answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, ask));
  return count / ((performance.now() - beganAt) / 1000);
}

let libraries = 0;
async function measureSync(): Promise<number> {
  const library = `${prefix}${++libraries}`;
  const { put, run } = await createSyncBench({ clusterEnv: cluster.env, client, inferenceUrl: service.url, library });
  for (let i = 0; i < count; i++) put(`${String(i).padStart(5, '0')}.wav`, nextRecording());
  const { code, line, stderr } = await run();
  if (code !== 0 || line.counts.indexed !== count) throw new Error(`exit ${code}: ${stderr}`);
  return count / ((line as unknown as { readonly duration_ms: number }).duration_ms / 1000);
}

try {
  const { code, stderr } = await runEarshot(['apply', '--yes'], { env: { ...cluster.env } });
  if (code !== 0) throw new Error(stderr);
  const shares: number[] = [];
  for (let round = 1; round <= 3; round++) {
    const [alone, sync] = [await measureService(), await measureSync()];
    shares.push(sync / alone);
    console.log(
      `round ${round}: the service alone ${alone.toFixed(1)} recordings/s (${CLIENTS} clients), sync run ${sync.toFixed(1)} (${(sync / alone).toFixed(2)})`,
    );
  }
  console.log(`share, median: ${shares.sort((a, b) => a - b)[1]?.toFixed(2)}`);
} finally {
  await dropLibraries(client, prefix).catch(() => undefined);
  await client.close();
  await service.stop();
  await cluster.stop();
}
