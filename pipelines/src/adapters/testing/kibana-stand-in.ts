// SPDX-License-Identifier: Apache-2.0
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A stand-in for Kibana's saved-object routes on a loopback port. It is not Kibana and says so in its status; it keeps
 * the rules that Kibana's sources show: the xsrf header, the file ending, duplicates, the misleading `successCount` of a
 * refused import, migration versions, and defaults added to what is stored.
 */
export interface KibanaStandIn {
  readonly url: string;
  /** Stored lines by `type:id`. */
  readonly stored: ReadonlyMap<string, StoredObject>;
  readonly imports: number;
  close(): Promise<void>;
}

interface StoredObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Record<string, unknown>;
  readonly references: readonly { readonly type: string; readonly id: string; readonly name: string }[];
  readonly typeMigrationVersion?: string;
}

interface Options {
  readonly version?: string;
  readonly level?: 'available' | 'degraded';
  readonly apiKey?: string;
  /** Import nothing and answer as Kibana does for this error. */
  readonly refuseWith?: 'conflict';
}

interface Answer {
  readonly status: number;
  readonly body: object | string;
}

const failure = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, error: 'Bad Request', message },
});

async function readBody(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = { 'content-type': request.headers['content-type'] ?? '' };
  return new Request('http://stand-in/', { method: 'POST', headers, body: Buffer.concat(chunks) });
}

const parseLines = (text: string): StoredObject[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as StoredObject);

const keyOf = ({ type, id }: { type: string; id: string }): string => `${type}:${id}`;

/** Kibana validates references to data views and searches only. */
function missingReferences(object: StoredObject, known: ReadonlySet<string>): object[] {
  return object.references
    .filter(({ type }) => ['index-pattern', 'search'].includes(type))
    .filter((other) => !known.has(keyOf(other)));
}

export async function startKibanaStandIn(options: Options = {}): Promise<KibanaStandIn> {
  const stored = new Map<string, StoredObject>();
  let imports = 0;

  const importFile = async (request: IncomingMessage): Promise<Answer> => {
    const file = (await (await readBody(request)).formData()).get('file');
    if (!(file instanceof File) || !file.name.endsWith('.ndjson')) return failure(400, 'Invalid file extension');
    const objects = parseLines(await file.text());
    if (new Set(objects.map(keyOf)).size < objects.length) return failure(400, 'Non-unique import objects detected');
    imports += 1;
    const known = new Set([...stored.keys(), ...objects.map(keyOf)]);
    const errors = objects.flatMap((object): object[] => {
      if (options.refuseWith) return [{ type: object.type, id: object.id, error: { type: options.refuseWith } }];
      const references = missingReferences(object, known);
      return references.length > 0
        ? [{ type: object.type, id: object.id, error: { type: 'missing_references', references } }]
        : [];
    });
    // As Kibana: with a blocking error nothing is written, yet the count tells what would have been.
    if (errors.length > 0)
      return { status: 200, body: { success: false, successCount: objects.length, errors, warnings: [] } };
    for (const object of objects)
      stored.set(keyOf(object), { ...object, attributes: { ...object.attributes, addedByKibana: true } });
    return { status: 200, body: { success: true, successCount: objects.length, warnings: [] } };
  };

  const exportObjects = async (request: IncomingMessage): Promise<Answer> => {
    const { objects } = (await (await readBody(request)).json()) as { objects: { type: string; id: string }[] };
    if (objects.some((name) => !stored.has(keyOf(name)))) return failure(400, 'Error fetching objects to export');
    return { status: 200, body: objects.map((name) => JSON.stringify(stored.get(keyOf(name)))).join('\n') };
  };

  const answerTo = (request: IncomingMessage): Promise<Answer> | Answer => {
    const path = (request.url ?? '').replace(/^\/s\/[^/]+/, '').split('?')[0];
    if (options.apiKey && request.headers.authorization !== `ApiKey ${options.apiKey}`)
      return { status: 401, body: {} };
    if (path === '/api/status') {
      const overall = { level: options.level ?? 'available' };
      return {
        status: 200,
        body: { name: 'kibana stand-in', version: { number: options.version ?? '9.4.3' }, status: { overall } },
      };
    }
    if (request.headers['kbn-xsrf'] === undefined) return failure(400, 'Request must contain a kbn-xsrf header.');
    if (path === '/api/saved_objects/_import') return importFile(request);
    if (path === '/api/saved_objects/_export') return exportObjects(request);
    return { status: 404, body: {} };
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answerTo(request);
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'application/ndjson' : 'application/json',
    });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stored,
    get imports() {
      return imports;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
