// SPDX-License-Identifier: Apache-2.0
import { startElasticsearchLender } from './elasticsearch-lender.ts';
import { givenElasticsearch } from './given-elasticsearch.ts';
import { LENDER_VARIABLE } from './resolve-elasticsearch.ts';

/**
 * Global set-up of the test projects with servers: from here on `startElasticsearch()` in a test file borrows a server
 * that the files before it have used, instead of waiting for one to start. Nothing is started before a file asks.
 */
export async function setup(): Promise<() => Promise<void>> {
  // Of several projects with this set-up, the first one lends to all.
  if (process.env[LENDER_VARIABLE] || givenElasticsearch(process.env)) return async () => undefined;
  const lender = await startElasticsearchLender();
  process.env[LENDER_VARIABLE] = lender.url;
  return async () => {
    delete process.env[LENDER_VARIABLE];
    await lender.stop();
  };
}
