// SPDX-License-Identifier: Apache-2.0
import type { Browser } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { startGateway } from './gateway.ts';
import { startInferenceService } from './inference-service.ts';
import type { ResolvedElasticsearch } from './launch-elasticsearch.ts';
import type { ListeningProcess } from './listening-process.ts';
import { startElasticsearch } from './resolve-elasticsearch.ts';
import { runEarshot } from './run-earshot.ts';

export interface PanelStack {
  readonly elasticsearch: ResolvedElasticsearch;
  readonly panel: ListeningProcess;
  readonly browser: Browser;
  stop(): Promise<void>;
}

interface Options {
  /** Recordings to index. */
  readonly folder: string;
  readonly library: string;
  readonly kibanaUrl: string;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stderr } = await runEarshot(args, { env });
  if (code !== 0) throw new Error(`earshot ${args.join(' ')} ended with ${code}:\n${stderr}`);
}

/** Elasticsearch, inference service, gateway and a browser over a folder that has been synced. */
export async function startPanelStack({ folder, library, kibanaUrl }: Options): Promise<PanelStack> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.reverse()) await end();
  };
  try {
    const elasticsearch = await startElasticsearch();
    stops.push(() => elasticsearch.stop());
    const service = await startInferenceService();
    stops.push(() => service.stop());
    const source = { EARSHOT_SOURCE: folder, EARSHOT_LIBRARY: library };
    const env = { ...elasticsearch.env, ...source, EARSHOT_INFERENCE_URL: service.url, KIBANA_URL: kibanaUrl };
    await run(['apply', '--yes'], env);
    await run(['sync', 'run'], env);
    const panel = await startGateway({ env });
    stops.push(() => panel.stop());
    const browser = await startChromium();
    stops.push(() => browser.close());
    return { elasticsearch, panel, browser, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
