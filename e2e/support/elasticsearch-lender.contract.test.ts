// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { borrowElasticsearch } from './borrow-elasticsearch.ts';
import { type ElasticsearchLender, startElasticsearchLender } from './elasticsearch-lender.ts';
import {
  cleanEnvironment,
  type ResolvedElasticsearch,
  spawnGuarded,
  startElasticsearch,
  whyNoElasticsearch,
} from './index.ts';

const reason = whyNoElasticsearch() ?? (process.env.ELASTICSEARCH_URL ? 'a given cluster is not emptied' : undefined);

describe.skipIf(reason)(`servers that a test run lends to its files${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let real: ResolvedElasticsearch;
  let lender: ElasticsearchLender;
  let starts = 0;

  beforeAll(async () => {
    real = await startElasticsearch();
    const { origin, url, version, env } = real;
    lender = await startElasticsearchLender(async () => {
      starts++;
      return { running: { origin, url, version, env, stop: async () => undefined } };
    });
  });
  afterAll(async () => {
    await lender?.stop();
    await real?.stop();
  });

  async function borrow(): Promise<ResolvedElasticsearch> {
    const loan = await borrowElasticsearch(lender.url);
    if ('reason' in loan) throw new Error(loan.reason);
    return loan.running;
  }
  const ask = (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`${real.url}/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  test('what a file made is gone for the next, which gets the same server', async () => {
    const first = await borrow();
    const made = [
      ['_component_template/earshot-part', { template: {} }],
      ['_index_template/earshot-whole', { index_patterns: ['earshot-x-*'], composed_of: ['earshot-part'] }],
      ['_ingest/pipeline/earshot-pipe', { processors: [] }],
      ['earshot-x-1', { settings: { default_pipeline: 'earshot-pipe' } }],
      ['notes', {}],
    ] as const;
    for (const [path, body] of made) expect([path, (await ask('PUT', path, body)).status]).toEqual([path, 200]);
    await first.stop();
    const second = await borrow();
    expect([second.url, starts]).toEqual([first.url, 1]);
    for (const [path] of made) expect([path, (await ask('GET', path)).status]).toEqual([path, 404]);
    await second.stop();
  });

  test('a borrower that is killed gives back as well', async () => {
    const source = `
      const { borrowElasticsearch } = await import(${JSON.stringify(new URL('./borrow-elasticsearch.ts', import.meta.url).href)});
      const { running } = await borrowElasticsearch(${JSON.stringify(lender.url)});
      console.log(running.url);
      setInterval(() => undefined, 1000);`;
    const child = spawnGuarded(process.execPath, ['--input-type=module', '-e', source], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout!, 'data');
    expect(String(line).trim()).toBe(real.url);
    expect(lender.free()).toBe(0);
    child.kill('SIGKILL');
    await expect.poll(() => lender.free(), { timeout: 10_000 }).toBe(1);
  });

  test('two borrowers at once have two servers', async () => {
    const before = starts;
    const loans = await Promise.all([borrow(), borrow()]);
    expect(starts - before).toBe(1);
    await Promise.all(loans.map((loan) => loan.stop()));
  });
});
