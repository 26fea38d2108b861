// SPDX-License-Identifier: Apache-2.0
import { startElasticsearchHome } from '../support/start-elasticsearch-home.ts';
import { dataDir, removeState, writeState } from './local-state.ts';

/** `node keeper.ts PORT`: stays in the background with an Elasticsearch that keeps its data, until SIGTERM. */

const elasticsearch = await startElasticsearchHome({ port: Number(process.argv[2]), dataDir: dataDir() });
let isStopping = false;

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  clearInterval(watch);
  removeState();
  await elasticsearch.stop();
}

// Also when the server dies by itself: a keeper without it would only mislead.
const watch = setInterval(async () => {
  const answer = await fetch(elasticsearch.url).catch(() => undefined);
  await answer?.body?.cancel();
  if (!answer) await stop();
}, 5000);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
writeState({
  url: elasticsearch.url,
  version: elasticsearch.version,
  pid: process.pid,
  dataDir: dataDir(),
  since: new Date().toISOString(),
});
