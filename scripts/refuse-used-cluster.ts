// SPDX-License-Identifier: Apache-2.0
import { givenElasticsearch } from '@earshot/e2e/support';

/**
 * The tests make and delete indices named `earshot-…`. A cluster given by `ELASTICSEARCH_URL` that already holds such
 * indices is somebody's: they would be lost. The reason to stop, or undefined.
 */
export async function refuseUsedCluster(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const given = givenElasticsearch(env);
  if (!given) return undefined;
  const answer = await fetch(`${given.url}/_cat/indices/earshot-*?format=json&h=index`, {
    headers: given.headers,
    signal: AbortSignal.timeout(15_000),
  }).catch(() => undefined);
  // One that cannot be asked cannot be harmed: the tests that need it will say what is wrong.
  if (!answer?.ok) return undefined;
  const indices = (await answer.json()) as { index: string }[];
  if (indices.length === 0) return undefined;
  return [
    `✗ ELASTICSEARCH_URL holds ${indices.length} indices of Earshot's (${indices[0]?.index}, …); the tests would delete them.`,
    '  → Unset ELASTICSEARCH_URL, or give an empty cluster.',
  ].join('\n');
}
