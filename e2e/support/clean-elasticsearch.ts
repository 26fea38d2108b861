// SPDX-License-Identifier: Apache-2.0

const BATCH = 40;
const OURS = 'earshot';

async function ask(url: string, method: 'GET' | 'DELETE' = 'GET'): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, { method, signal: AbortSignal.timeout(30_000) });
  return { status: answer.status, body: await answer.json() };
}

/** 400 where something that stays still uses it. */
async function remove(url: string): Promise<void> {
  const { status, body } = await ask(url, 'DELETE');
  if (![200, 400, 404].includes(status)) throw new Error(`DELETE ${url} answered ${status}: ${JSON.stringify(body)}`);
}

async function removeIndices(url: string): Promise<void> {
  const { body } = await ask(`${url}/_cat/indices?format=json&h=index`);
  const names = (body as { index: string }[]).map(({ index }) => index).filter((name) => !name.startsWith('.'));
  for (let i = 0; i < names.length; i += BATCH) await remove(`${url}/${names.slice(i, i + BATCH).join()}`);
}

/** Listings come as `{ [kind]s: [{ name }] }`, those of pipelines by name. */
async function removeNamed(url: string, path: string, read: (body: never) => readonly string[]): Promise<void> {
  const { body } = await ask(`${url}/${path}`);
  const names = read(body as never).filter((name) => name.includes(OURS));
  await Promise.all(names.map((name) => remove(`${url}/${path}/${name}`)));
}

type Named = readonly { readonly name: string }[];

/**
 * Takes away what tests made on a server: indices, then the templates and pipelines of Earshot. Data streams of telemetry
 * stay with their templates: a server without the module for streams cannot delete them.
 * @throws Error when the server does not answer or refuses; it had better be stopped then
 */
export async function cleanElasticsearch(url: string): Promise<void> {
  await removeIndices(url);
  await removeNamed(url, '_index_template', (body: { index_templates: Named }) =>
    body.index_templates.map(({ name }) => name),
  );
  await removeNamed(url, '_component_template', (body: { component_templates: Named }) =>
    body.component_templates.map(({ name }) => name),
  );
  await removeNamed(url, '_ingest/pipeline', (body: object) => Object.keys(body));
}
