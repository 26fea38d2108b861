// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SpawnedService, spawnService } from '../testing/spawn-service.ts';
import { writeTinySpace } from '../testing/tiny-space.ts';
import { wavFile } from '../testing/wav-file.ts';

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: OtlpSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const RATE = 8000;
const folder = mkdtempSync(join(tmpdir(), 'earshot-tracing-'));
const wav = new Uint8Array(wavFile(goldenSignal('plucked-notes', RATE, 12_000), RATE));
const received: { readonly headers: IncomingHttpHeaders; readonly url: string | undefined; readonly body: OtlpBody }[] =
  [];
const fetched: IncomingHttpHeaders[] = [];
let collector: Server;
let service: SpawnedService;

/** Takes spans as a collector does, and serves a recording besides. */
function answer(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'GET') {
      fetched.push(request.headers);
      response.end(wav);
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as OtlpBody;
    received.push({ headers: request.headers, url: request.url, body });
    response.setHeader('content-type', 'application/json').end('{}');
  });
}

beforeAll(async () => {
  collector = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  const { port } = collector.address() as AddressInfo;
  writeTinySpace(folder);
  service = await spawnService({
    EARSHOT_MODELS_DIR: folder,
    EARSHOT_FETCH_ALLOW: `http://127.0.0.1:${port}/`,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20c0llector',
    OTEL_SERVICE_NAME: 'ears-of-the-east-wing',
  });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  collector?.close();
  rmSync(folder, { recursive: true, force: true });
});

const embed = (query: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${service.url}/v1/audio/embeddings?model=tiny-1${query}`, { method: 'POST', body: wav, headers });
const attribute = (list: OtlpSpan['attributes'], key: string): unknown =>
  Object.values(list.find((entry) => entry.key === key)?.value ?? {})[0];

test('spans of a request reach the collector in the trace of the caller, at the latest when the service ends', async () => {
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  const good = await embed('', { traceparent, tracestate: 'rojo=1', 'x-request-id': 'traced-1' });
  const context = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(good.headers.get('traceresponse') ?? '');
  expect([good.status, context?.[1]]).toEqual([200, TRACE]);
  const own = context?.[2];
  expect(own).not.toBe(CALLER);
  const { port } = collector.address() as AddressInfo;
  const body = JSON.stringify({ model: 'tiny-1', input: `http://127.0.0.1:${port}/a.wav` });
  const byAddress = await fetch(`${service.url}/v1/embeddings`, { method: 'POST', body, headers: { traceparent } });
  expect(byAddress.status).toBe(200);
  expect(fetched[0]?.traceparent).toBe(byAddress.headers.get('traceresponse'));
  const bad = await embed('&volume=11', { traceparent: `00-${'0'.repeat(32)}-${CALLER}-01` });
  expect(bad.headers.get('traceresponse')).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  const unsampled = await embed('', { traceparent: `00-${'a'.repeat(32)}-${CALLER}-00` });
  expect(unsampled.headers.get('traceresponse')).toMatch(/^00-a{32}-[0-9a-f]{16}-00$/);

  expect(await service.stop()).toBe(0);

  expect(received[0]).toMatchObject({ url: '/v1/traces', headers: { authorization: 'Bearer c0llector' } });
  const resource = received[0]?.body.resourceSpans[0]?.resource.attributes ?? [];
  expect(attribute(resource, 'service.name')).toBe('ears-of-the-east-wing');
  const spans = received.flatMap(({ body }) =>
    body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
  const request = spans.find((span) => span.spanId === own);
  expect(request).toMatchObject({ traceId: TRACE, parentSpanId: CALLER, name: 'POST /v1/audio/embeddings' });
  expect(attribute(request?.attributes ?? [], 'http.response.status_code')).toBe(200);
  const children = spans.filter((span) => span.parentSpanId === own);
  expect(children.map((span) => span.name)).toEqual(['upload', 'decode', 'queue', 'infer']);
  for (const child of children) {
    expect(child.traceId).toBe(TRACE);
    expect(BigInt(child.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(request?.startTimeUnixNano ?? 0));
    expect(BigInt(child.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(request?.endTimeUnixNano ?? 0));
  }
  const failed = spans.find((span) => attribute(span.attributes, 'error.type') === 'invalid_parameter');
  expect(failed?.parentSpanId).toBeUndefined();
  expect(spans.some((span) => span.traceId === 'a'.repeat(32))).toBe(false);
  expect(spans.some((span) => span.name.includes('/health'))).toBe(false);
  const line = service
    .stderr()
    .split('\n')
    .find((candidate) => candidate.includes('traced-1'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({ trace: { id: TRACE }, span: { id: own } });
});

test('without a collector no part of the SDK is loaded, and traces still pass through', () => {
  const program = `
    import { createRequire } from 'node:module';
    import { createTracing } from ${JSON.stringify(fileURLToPath(new URL('./create-tracing.ts', import.meta.url)))};
    const tracing = await createTracing({ env: {}, version: '1', warn: () => undefined });
    const { headers } = tracing.start({ traceparent: '00-${TRACE}-${CALLER}-01', tracestate: 'rojo=1' }, true);
    const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry'));
    process.stdout.write(JSON.stringify({ headers, sdk: loaded.filter((path) => !/@opentelemetry.api/.test(path)), api: loaded.length > 0 }));
  `;
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  const { headers, sdk, api } = JSON.parse(printed) as { headers: Record<string, string>; sdk: string[]; api: boolean };
  expect([sdk, api]).toEqual([[], true]);
  expect(headers).toEqual({
    traceparent: expect.stringMatching(`^00-${TRACE}-(?!${CALLER})[0-9a-f]{16}-01$`),
    tracestate: 'rojo=1',
  });
});
