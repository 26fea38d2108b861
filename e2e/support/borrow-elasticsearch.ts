// SPDX-License-Identifier: Apache-2.0
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { Loan } from './elasticsearch-lender.ts';
import type { Resolution } from './launch-elasticsearch.ts';

const open = (lenderUrl: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    get(lenderUrl, { agent: false }, resolve).once('error', reject);
  });

/** Resolves when the lender knows. */
async function giveBack(answer: IncomingMessage): Promise<void> {
  const known = new Promise((resolve) => answer.once('close', resolve));
  answer.resume().socket.ref().end();
  await known;
}

/** A server that the test run lends: empty, nobody else's until `stop` gives it back. */
export async function borrowElasticsearch(lenderUrl: string): Promise<Resolution> {
  const answer = await open(lenderUrl);
  // Ends with a reset when the whole run ends first, and is no reason to go on.
  answer.on('error', () => undefined).socket.unref();
  for await (const line of createInterface({ input: answer })) {
    const loan = JSON.parse(line) as Loan;
    return 'running' in loan ? { running: { ...loan.running, stop: () => giveBack(answer) } } : loan;
  }
  throw new Error('the test run did not lend an Elasticsearch');
}
