// SPDX-License-Identifier: Apache-2.0
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanElasticsearch } from './clean-elasticsearch.ts';
import { launchElasticsearch, type Resolution, type ResolvedElasticsearch } from './launch-elasticsearch.ts';

/** The first line of an answer to GET, with the path to DELETE when the server is given back. */
export type Loan = Resolution & { readonly path: string };

export interface ElasticsearchLender {
  readonly url: string;
  /** Servers that run and nobody has. */
  free(): number;
  /** Stops every server. */
  stop(): Promise<void>;
}

/** A server that is used for moments only. */
const launchForTests = (): Promise<Resolution> => launchElasticsearch({ isShortLived: true });

/** Starts a server when none is free, and cleans what comes back. */
function createStock(start: () => Promise<Resolution>) {
  const running = new Set<ResolvedElasticsearch>();
  const free: ResolvedElasticsearch[] = [];
  const returning = new Set<Promise<void>>();

  async function clean(server: ResolvedElasticsearch): Promise<void> {
    try {
      await cleanElasticsearch(server.url);
      free.push(server);
    } catch {
      running.delete(server);
      await server.stop();
    }
  }

  return {
    free,
    async take(): Promise<Resolution> {
      // One that is being cleaned is free sooner than a new one is up.
      if (free.length === 0 && returning.size > 0) await Promise.race(returning);
      const server = free.pop();
      if (server) return { running: server };
      const resolution = await start();
      if ('running' in resolution) running.add(resolution.running);
      return resolution;
    },
    takeBack(server: ResolvedElasticsearch): void {
      const back: Promise<void> = clean(server).finally(() => returning.delete(back));
      returning.add(back);
    },
    async stop(): Promise<void> {
      await Promise.all(returning);
      await Promise.all([...running].map((server) => server.stop()));
    },
  };
}

/**
 * Lends servers over loopback, one borrower at a time each. GET borrows: the answer stays open for as long as the loan
 * lasts, so that a borrower that is killed gives back as well.
 */
export async function startElasticsearchLender(start = launchForTests): Promise<ElasticsearchLender> {
  const stock = createStock(start);
  const loans = new Map<string, () => void>();
  let numbers = 0;

  async function lend(response: ServerResponse): Promise<void> {
    const resolution = await stock.take();
    const path = `/${++numbers}`;
    const loan: Loan = { ...resolution, path };
    response.write(`${JSON.stringify(loan)}\n`);
    if (!('running' in resolution)) return void response.end();
    const giveBack = (): void => {
      if (loans.delete(path)) stock.takeBack(resolution.running);
    };
    loans.set(path, giveBack);
    // Gone while the server was starting.
    if (response.destroyed) giveBack();
    else response.once('close', giveBack);
  }

  const desk = createServer((request, response) => {
    if (request.method === 'GET')
      lend(response).catch((error: Error) => response.end(`${JSON.stringify({ reason: error.message })}\n`));
    else {
      loans.get(request.url ?? '')?.();
      response.end();
    }
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(desk.address() as AddressInfo).port}`,
    free: () => stock.free.length,
    stop: async () => {
      desk.closeAllConnections();
      await new Promise((resolve) => desk.close(resolve));
      await stock.stop();
    },
  };
}
