// SPDX-License-Identifier: Apache-2.0
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanElasticsearch } from './clean-elasticsearch.ts';
import { launchElasticsearch, type Resolution, type ResolvedElasticsearch } from './launch-elasticsearch.ts';

/** The first line of an answer; the connection that brings it is the loan. */
export type Loan = Resolution;

export interface ElasticsearchLender {
  readonly url: string;
  /** Servers that run and nobody has. */
  free(): number;
  /** Stops every server. */
  stop(): Promise<void>;
}

/** A server that is used for moments only. */
const launchForTests = (): Promise<Resolution> => launchElasticsearch({ isShortLived: true });

/**
 * Lends servers over loopback, one borrower at a time each: started when none is free, cleaned when one comes back. A
 * loan ends with its connection, so that a borrower that is killed gives back as well.
 */
export async function startElasticsearchLender(start = launchForTests): Promise<ElasticsearchLender> {
  const running = new Set<ResolvedElasticsearch>();
  const free: ResolvedElasticsearch[] = [];
  const returning = new Set<Promise<void>>();

  async function launch(): Promise<Resolution> {
    const resolution = await start();
    if ('running' in resolution) running.add(resolution.running);
    return resolution;
  }

  /** One that is being cleaned is free sooner than a new one is up. */
  async function take(): Promise<Resolution> {
    if (free.length === 0 && returning.size > 0) await Promise.race(returning);
    const server = free.pop();
    return server ? { running: server } : launch();
  }

  async function takeBack(server: ResolvedElasticsearch): Promise<void> {
    try {
      await cleanElasticsearch(server.url);
      free.push(server);
    } catch {
      running.delete(server);
      await server.stop();
    }
  }

  async function lend(response: ServerResponse): Promise<void> {
    const loan = await take();
    response.write(`${JSON.stringify(loan)}\n`);
    if (!('running' in loan)) return void response.end();
    const giveBack = (): void => {
      const back: Promise<void> = takeBack(loan.running).finally(() => returning.delete(back));
      returning.add(back);
    };
    // Gone while the server was starting.
    if (response.destroyed) giveBack();
    else response.once('close', giveBack);
  }

  const desk = createServer((_request, response) => {
    lend(response).catch((error: Error) => response.end(`${JSON.stringify({ reason: error.message })}\n`));
  });
  await new Promise<void>((resolve) => desk.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(desk.address() as AddressInfo).port}`,
    free: () => free.length,
    stop: async () => {
      desk.closeAllConnections();
      await new Promise((resolve) => desk.close(resolve));
      await Promise.all(returning);
      await Promise.all([...running].map((server) => server.stop()));
    },
  };
}
