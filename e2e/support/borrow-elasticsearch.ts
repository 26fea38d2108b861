// SPDX-License-Identifier: Apache-2.0
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { Loan } from './elasticsearch-lender.ts';
import type { Resolution } from './launch-elasticsearch.ts';

const open = (lenderUrl: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(lenderUrl, { agent: false }, resolve).once('error', reject);
  });

/** A server that the test run lends: empty, nobody else's until `stop` gives it back. */
export async function borrowElasticsearch(lenderUrl: string): Promise<Resolution> {
  const answer = await open(lenderUrl);
  // Ends with a reset when the whole run ends first; nor is it a reason to go on running.
  answer.on('error', () => undefined).socket.unref();
  for await (const line of createInterface({ input: answer })) {
    const loan = JSON.parse(line) as Loan;
    if ('reason' in loan) return loan;
    const stop = async (): Promise<void> => {
      await fetch(new URL(loan.path, lenderUrl), { method: 'DELETE' });
      answer.destroy();
    };
    return { running: { ...loan.running, stop } };
  }
  throw new Error('the test run did not lend an Elasticsearch');
}
