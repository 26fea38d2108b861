// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ListeningProcess,
  openCacheDir,
  type ResolvedElasticsearch,
  resolveElasticsearch,
  startGateway,
  startInferenceService,
} from '@earshot/e2e/support';
import { StepFailed } from './step-failed.ts';

/** Where the demo keeps index and library between starts. */
export function demoDir(): string {
  const dir = join(openCacheDir(), 'demo');
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** What makes vectors comparable: the fingerprints of the service's spaces. */
async function fingerprintsOf(inference: ListeningProcess): Promise<string> {
  const answer = await fetch(`${inference.url}/info`);
  const { spaces } = (await answer.json()) as { spaces: { fingerprint: string }[] };
  return spaces.map(({ fingerprint }) => fingerprint).join('-');
}

/**
 * Folder of the index, kept for the next start. An index made by another version of the graph would be refused; it can
 * be made again at any time, so it goes.
 */
async function dataDirFor(inference: ListeningProcess): Promise<string> {
  const name = `elasticsearch-${await fingerprintsOf(inference)}`;
  for (const other of readdirSync(demoDir())) {
    if (other.startsWith('elasticsearch') && other !== name) rmSync(join(demoDir(), other), { recursive: true });
  }
  return join(demoDir(), name);
}

/** The demo's Elasticsearch; a home of our own keeps its index for the next start. */
export async function startDemoElasticsearch(inference: ListeningProcess): Promise<ResolvedElasticsearch> {
  const resolution = await resolveElasticsearch({ dataDir: await dataDirFor(inference) });
  if ('running' in resolution) return resolution.running;
  throw new StepFailed(
    `No Elasticsearch can be started here: ${resolution.reason}`,
    'Install a JDK 21 or later and Maven and start again, or start Docker, or set ELASTICSEARCH_URL to a cluster of yours.',
  );
}

/** The port a service would like, unless it is taken; then a free one, and a word about it. */
async function onPreferredPort(
  start: (port: string) => Promise<ListeningProcess>,
  preferred: { readonly port: string; readonly variable: string; readonly name: string },
): Promise<ListeningProcess> {
  try {
    return await start(preferred.port);
  } catch (error) {
    if (!/in use|EADDRINUSE/i.test(String(error))) throw error;
    process.stdout.write(
      `  port ${preferred.port} is in use: ${preferred.name} takes a free one (${preferred.variable} chooses another)\n`,
    );
    return start('0');
  }
}

export const startDemoInference = (): Promise<ListeningProcess> =>
  onPreferredPort((port) => startInferenceService({ env: { EARSHOT_INFERENCE_PORT: port } }), {
    port: process.env.EARSHOT_INFERENCE_PORT ?? '8700',
    variable: 'EARSHOT_INFERENCE_PORT',
    name: 'the inference service',
  });

/** The gateway with the panel; `env` names Elasticsearch, inference service, library and source. */
export const startDemoPanel = (env: Readonly<Record<string, string>>): Promise<ListeningProcess> =>
  onPreferredPort((port) => startGateway({ env: { ...env, EARSHOT_PANEL_PORT: port } }), {
    port: process.env.EARSHOT_PANEL_PORT ?? '8780',
    variable: 'EARSHOT_PANEL_PORT',
    name: 'the panel',
  });
