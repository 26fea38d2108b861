// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '@earshot/mappings/definitions';
import { type Client, errors } from '@elastic/elasticsearch';
import { EarshotError } from '../core/earshot-error.ts';
import type { ClusterSnapshot, DefinitionCluster, StoredIndex } from '../ports/definition-cluster.ts';
import { toEarshotError } from './elasticsearch-client.ts';

/** What a name must begin with to be one of ours. */
const OURS = 'earshot-*';
const STREAMS = 'logs-earshot.*,metrics-earshot.*';

/** GET as JSON; undefined for 404 and, where named, other statuses. */
async function get<T>(client: Client, path: string, absent: readonly number[] = [404]): Promise<T | undefined> {
  try {
    return await client.transport.request<T>({ method: 'GET', path });
  } catch (error) {
    if (error instanceof errors.ResponseError && absent.includes(error.statusCode ?? 0)) return undefined;
    throw toEarshotError(error, `reading ${path}`);
  }
}

async function componentTemplates(client: Client): Promise<ReadonlyMap<string, JsonObject>> {
  type Answer = { component_templates: { name: string; component_template: JsonObject }[] };
  const answer = await get<Answer>(client, `/_component_template/${OURS}`);
  return new Map(answer?.component_templates.map(({ name, component_template }) => [name, component_template]));
}

async function indexTemplates(client: Client): Promise<ReadonlyMap<string, JsonObject>> {
  type Answer = { index_templates: { name: string; index_template: JsonObject }[] };
  const read = (names: string) => get<Answer>(client, `/_index_template/${names}`);
  const answers = await Promise.all([OURS, ...STREAMS.split(',')].map(read));
  const all = answers.flatMap((answer) => answer?.index_templates ?? []);
  return new Map(all.map(({ name, index_template }) => [name, index_template]));
}

async function ingestPipelines(client: Client): Promise<ReadonlyMap<string, JsonObject>> {
  const answer = await get<Record<string, JsonObject>>(client, `/_ingest/pipeline/${OURS}`);
  return new Map(Object.entries(answer ?? {}));
}

async function indices(client: Client): Promise<ReadonlyMap<string, StoredIndex>> {
  const answer = await get<Record<string, StoredIndex>>(client, `/${OURS}?flat_settings=true&expand_wildcards=all`);
  return new Map(Object.entries(answer ?? {}));
}

async function dataStreams(client: Client): Promise<ReadonlyMap<string, JsonObject> | undefined> {
  type Answer = { data_streams: (JsonObject & { name: string })[] };
  const answer = await get<Answer>(client, `/_data_stream/${STREAMS}`, [400, 404, 405]);
  return answer && new Map(answer.data_streams.map((stream) => [stream.name, stream]));
}

async function snapshot(client: Client): Promise<ClusterSnapshot> {
  const [component_template, index_template, ingest_pipeline, byName, streams] = await Promise.all([
    componentTemplates(client),
    indexTemplates(client),
    ingestPipelines(client),
    indices(client),
    dataStreams(client),
  ]);
  return { component_template, index_template, ingest_pipeline, indices: byName, dataStreams: streams };
}

/** Templates, pipelines, indices and aliases of a real cluster. */
export function createElasticsearchDefinitionCluster(client: Client): DefinitionCluster {
  return {
    snapshot: () => snapshot(client),
    send: async ({ method, path, body }) => {
      try {
        const answer = await client.transport.request<{ errors?: boolean }>({
          method,
          path,
          ...(body ? { body } : {}),
        });
        if (answer.errors)
          throw new EarshotError(
            'ELASTICSEARCH_REFUSED',
            `${method} ${path} was only partly done: ${JSON.stringify(answer)}`,
          );
      } catch (error) {
        throw toEarshotError(error, `sending ${method} ${path}`);
      }
    },
  };
}
