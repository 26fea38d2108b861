// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

interface Answer {
  readonly description: string;
  readonly content?: Record<string, { readonly schema: object }>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, Answer>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const RATE = 8000;
const OPERATOR_PAGE = new URL('../../docs/operators/inference-service.md', import.meta.url);
const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-openapi-'));
const samples = goldenSignal('plucked-notes', RATE, 2 * RATE);
const wav = wavFile(samples, RATE);
const dataUri = `data:audio/wav;base64,${wav.toString('base64')}`;
let service: SpawnedService;
let document: Document;

beforeAll(async () => {
  writeTinySpace(modelsDir);
  service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir });
  await service.waitUntilReady();
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await service?.stop();
  rmSync(modelsDir, { recursive: true, force: true });
});

const operations = (): [string, string, Operation][] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [method, path, operation]),
  );

/** A validator of a schema of the document; references stay inside it. */
function validatorOf(schema: object): z.ZodType {
  const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(
    JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')) as z.core.JSONSchema.JSONSchema,
  );
}

test('references resolve, operations are named once, and every answer says what it holds', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
  const ids = operations().map(([, , operation]) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [method, path, { summary, responses, parameters }] of operations()) {
    expect(summary, `${method} ${path}`).not.toBe('');
    expect(Object.keys(responses), `${method} ${path}`).toEqual(
      expect.arrayContaining(['200', path === '/embed' ? '424' : '500']),
    );
    for (const { description, content } of Object.values(responses)) {
      expect(description).not.toBe('');
      expect(Object.keys(content ?? {}), `${method} ${path}`).not.toEqual([]);
    }
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => `{${name}}`);
    expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
});

test('the operators’ page lists the same routes', () => {
  const section = readFileSync(OPERATOR_PAGE, 'utf8').split('\n## Routes\n')[1]?.split('\n#')[0] ?? '';
  const listed = [...section.matchAll(/`(GET|POST) ([^` ]+)`/g)].map(([, method, path]) => `${method} ${path}`);
  expect(listed.sort()).toEqual(
    operations()
      .map(([method, path]) => `${method.toUpperCase()} ${path}`)
      .sort(),
  );
});

const json = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const tensor = { name: 'waveform', shape: [2, RATE], datatype: 'FP32', data: Array.from(samples) };
const upload = (headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: new Uint8Array(wav),
  headers: { 'content-type': 'audio/wav', ...headers },
});
const audio = '/v1/audio/embeddings';
const infer = '/v2/models/{model}/infer';

/** [route, query and values, request, status] */
test.each<[string, string, RequestInit, number]>([
  [audio, '?model=tiny-1&segments=true&peaks=5', upload(), 200],
  [audio, '?model=tiny-1&model=spectral-1&encoding=base64', upload(), 200],
  [audio, '?model=tiny-1', upload({ accept: 'application/x-ndjson' }), 200],
  [audio, '?model=tiny-1', { method: 'POST', body: new Uint8Array(wavFile(new Float32Array(RATE), RATE)) }, 200],
  [audio, '?pooling=median', upload(), 400],
  [audio, '?model=nope', upload(), 404],
  [audio, '?model=tiny-1', upload({ 'content-type': 'text/plain' }), 415],
  ['/v1/embeddings', '', json({ model: 'tiny-1', input: dataUri }), 200],
  ['/v1/embeddings', '', json({ model: 'tiny-1', input: [dataUri], encoding_format: 'base64' }), 200],
  ['/v1/embeddings', '', json({ model: 'tiny-1', input: 'rain' }), 400],
  ['/v1/embeddings', '', { method: 'POST', body: 'x', headers: { 'content-encoding': 'zip' } }, 415],
  ['/v1/models', '', {}, 200],
  ['/v1/models/{model}', '', {}, 200],
  ['/embed', '?model=tiny-1', json({ inputs: [dataUri] }), 200],
  ['/embed', '', json({ inputs: [] }), 400],
  ['/embed', '', json({ inputs: 3 }), 422],
  ['/health', '', {}, 200],
  ['/health/live', '', {}, 200],
  ['/health/ready', '', {}, 200],
  ['/info', '', {}, 200],
  ['/metrics', '', {}, 200],
  ['/openapi.json', '', {}, 200],
  ['/v2', '', {}, 200],
  ['/v2/health/live', '', {}, 200],
  ['/v2/health/ready', '', {}, 200],
  ['/v2/models/{model}', '', {}, 200],
  ['/v2/models/{model}/ready', '', {}, 200],
  ['/v2/models/{model}/versions/{version}', '', {}, 200],
  ['/v2/models/{model}/versions/{version}/ready', '', {}, 200],
  ['/v2/repository/index', '', { method: 'POST' }, 200],
  ['/v2/repository/models/{model}/load', '', { method: 'POST' }, 200],
  [infer, '?sample_rate=8000', json({ id: 'a', inputs: [tensor] }), 200],
  [infer, '', json({ inputs: [tensor] }), 400],
  [infer, '', json({ inputs: [tensor], parameters: { sample_rate: RATE, binary_data_output: true } }), 200],
  ['/v2/models/{model}/versions/{version}/infer', '', json({ inputs: [] }), 400],
])('the answer of %s%s to request %# is as the document says', async (route, query, request, status) => {
  const path = route.replace('{model}', 'tiny-1').replace('{version}', '1') + query;
  const response = await fetch(service.url + path, request);
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const text = await response.text();
  expect([response.status, text.slice(0, 500)]).toEqual([status, expect.any(String)]);
  const operation = document.paths[route]?.[(request.method ?? 'GET').toLowerCase()];
  const schema = operation?.responses[status]?.content?.[type]?.schema;
  expect(schema, type).toBeDefined();
  if (type === 'application/octet-stream' || type === 'text/plain') return;
  const bodies = type === 'application/x-ndjson' ? text.trim().split('\n') : [text];
  const validator = validatorOf(schema!);
  for (const body of bodies) expect(validator.safeParse(JSON.parse(body)).error?.message).toBeUndefined();
});

test('a schema that does not fit is noticed', () => {
  const validator = validatorOf({ $ref: '#/components/schemas/Error' });
  expect(validator.safeParse({ error: { message: 'x', type: 'x', param: null, code: 'x' } }).success).toBe(false);
  expect(validatorOf({ $ref: '#/components/schemas/ModelList' }).safeParse({ object: 'list' }).success).toBe(false);
});
