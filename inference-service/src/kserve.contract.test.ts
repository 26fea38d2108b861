// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AudioEmbeddingResult } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

const RATE = 8000;
const LENGTH_HEADER = 'inference-header-content-length';
/** As a wav file of 16 bits has them, so that the upload of that file is the same sound. */
const samples = goldenSignal('plucked-notes', RATE, 2 * RATE).map((value) => Math.round(value * 32_767) / 32_768);
const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-kserve-'));
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(modelsDir);
  service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir, EARSHOT_MAX_UPLOAD_BYTES: '2000000' });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(modelsDir, { recursive: true, force: true });
});

const get = async (path: string): Promise<[number, unknown]> => {
  const response = await fetch(service.url + path);
  return [response.status, await response.json()];
};

describe('what the Open Inference Protocol tells', () => {
  test('server and health', async () => {
    expect(await get('/v2')).toMatchObject([200, { name: 'earshot', version: expect.any(String) }]);
    expect(await get('/v2/health/live')).toEqual([200, { live: true }]);
    expect(await get('/v2/health/ready')).toEqual([200, { live: true, ready: true }]);
  });

  test.each(['/v2/models/tiny-1', '/v2/models/tiny-1/versions/1'])('%s names the tensors', async (path) => {
    expect(await get(path)).toEqual([
      200,
      {
        name: 'tiny-1',
        versions: ['1'],
        platform: 'onnx_onnxv1',
        inputs: [{ name: 'waveform', datatype: 'FP32', shape: [-1, 8000] }],
        outputs: [{ name: 'embedding', datatype: 'FP32', shape: [-1, 8] }],
        parameters: { sample_rate: 8000, fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/) },
      },
    ]);
    expect(await get(`${path}/ready`)).toEqual([200, { name: 'tiny-1', ready: true }]);
  });

  test.each([
    '/v2/models/nope',
    '/v2/models/nope/ready',
    '/v2/models/tiny-1/versions/2',
    '/v2/models/tiny-1/versions/2/ready',
    '/v2/models/tiny-1/stats',
  ])('%s is unknown: 404 with the protocol’s error', async (path) => {
    expect(await get(path)).toEqual([404, { error: expect.stringMatching(/^There is no |has the version 1/) }]);
  });

  test('a path that cannot be decoded is refused in the same form', async () => {
    expect(await get('/v2/models/%ff')).toEqual([400, { error: expect.stringContaining('cannot be read') }]);
  });

  test('a wrong method is refused in the same form', async () => {
    const response = await fetch(`${service.url}/v2/models/tiny-1`, { method: 'PUT' });
    expect([response.status, await response.json()]).toEqual([405, { error: expect.stringContaining('PUT') }]);
  });
});

const tensor = { name: 'waveform', shape: [2, RATE], datatype: 'FP32' };
const bytes = Buffer.from(samples.buffer);
const binaryTensor = { ...tensor, parameters: { binary_data_size: bytes.length } };
const toFloats = (raw: Buffer): number[] =>
  Array.from({ length: raw.length / 4 }, (_, index) => raw.readFloatLE(index * 4));

interface Answer {
  readonly status: number;
  readonly json: {
    readonly id?: string;
    readonly error?: string;
    readonly outputs: { readonly data?: number[]; readonly parameters?: { readonly binary_data_size: number } }[];
  };
  readonly binary: Buffer;
  readonly contentType: string | null;
}

interface Sending {
  readonly version?: string;
  /** Hz, in the address. */
  readonly rate?: string | null;
}

async function infer(
  body: Buffer | object,
  headers: Record<string, string> = {},
  { version = '', rate = String(RATE) }: Sending = {},
): Promise<Answer> {
  const sent = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const url = `${service.url}/v2/models/tiny-1${version}/infer${rate === null ? '' : `?sample_rate=${rate}`}`;
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(sent), headers });
  const received = Buffer.from(await response.arrayBuffer());
  const head = Number(response.headers.get(LENGTH_HEADER) ?? received.length);
  const json = JSON.parse(received.subarray(0, head).toString()) as Answer['json'];
  const contentType = response.headers.get('content-type');
  return { status: response.status, json, binary: received.subarray(head), contentType };
}

/** JSON, then tensors, as the protocol's binary extension lays them out. */
function inferBinary(json: object, tensors: Buffer, length?: string): Promise<Answer> {
  const head = Buffer.from(JSON.stringify(json));
  return infer(Buffer.concat([head, tensors]), { [LENGTH_HEADER]: length ?? String(head.length) });
}

describe('windows as tensors', () => {
  const flat = { ...tensor, data: Array.from(samples) };

  test('JSON flat, JSON nested, binary and raw give the same vectors, in JSON and in binary', async () => {
    const expected = (await infer({ id: 'q1', inputs: [flat] })).json;
    expect(expected).toMatchObject({
      id: 'q1',
      model_name: 'tiny-1',
      model_version: '1',
      outputs: [{ name: 'embedding', datatype: 'FP32', shape: [2, 8] }],
    });
    const data = expected.outputs[0]?.data;
    expect(data).toHaveLength(16);
    const nested = { ...tensor, data: [flat.data.slice(0, RATE), flat.data.slice(RATE)] };
    expect((await infer({ inputs: [nested] }, {}, { version: '/versions/1' })).json.outputs[0]?.data).toEqual(data);
    const asked = { name: 'embedding', parameters: { binary_data: true } };
    for (const request of [{ outputs: [asked] }, { parameters: { binary_data_output: true } }]) {
      const { json, binary, contentType } = await inferBinary({ inputs: [binaryTensor], ...request }, bytes);
      expect([json.outputs[0]?.parameters, contentType]).toEqual([
        { binary_data_size: 64 },
        'application/octet-stream',
      ]);
      expect(toFloats(binary)).toEqual(data);
    }
    expect((await inferBinary({ inputs: [binaryTensor] }, bytes)).json.outputs[0]?.data).toEqual(data);
    expect(toFloats((await infer(bytes, { [LENGTH_HEADER]: '0' })).binary)).toEqual(data);
  });

  test('a window has the vector that the segment of the uploaded recording has', async () => {
    const uploaded = await fetch(`${service.url}/v1/audio/embeddings?model=tiny-1&segments=true&hop=1`, {
      method: 'POST',
      body: new Uint8Array(wavFile(samples, RATE)),
    });
    const { segments } = (await uploaded.json()) as AudioEmbeddingResult;
    const expected = segments?.flatMap((segment) => [...(segment.embedding as number[])]) ?? [];
    const { json } = await infer({ inputs: [flat] });
    expect(expected).toHaveLength(16);
    for (const [index, value] of expected.entries()) expect(json.outputs[0]?.data?.[index]).toBeCloseTo(value, 6);
  });

  test('rate, priority, timeout and parameters of other servers are accepted', async () => {
    const parameters = { sample_rate: RATE, priority: 2, timeout: 9_000_000, sequence_id: 7 };
    expect((await infer({ parameters, inputs: [flat], outputs: [] })).status).toBe(200);
  });

  test.each<[string, object]>([
    ['for the request', { parameters: { sample_rate: RATE }, inputs: [flat] }],
    ['for the tensor', { inputs: [{ ...flat, parameters: { sample_rate: RATE } }] }],
  ])('the rate may be declared %s', async (_where, request) => {
    expect((await infer(request, {}, { rate: null })).status).toBe(200);
  });

  test.each<[string, Buffer | object, Record<string, string>, string | null, string]>([
    ['JSON without a rate', { inputs: [flat] }, {}, null, 'takes samples at 8000 Hz; these have no rate'],
    ['a raw tensor without a rate', bytes, { [LENGTH_HEADER]: '0' }, null, 'parameters.sample_rate, or ?sample_rate='],
    ['a raw tensor at 44.1 kHz', bytes, { [LENGTH_HEADER]: '0' }, '44100', 'takes 8000 Hz, not 44100: resample'],
    ['a rate that is no number', { inputs: [flat] }, {}, '8k', 'sample_rate: must be a number of Hz'],
    ['two rates', { parameters: { sample_rate: 44_100 }, inputs: [flat] }, {}, '8000', 'not 44100'],
  ])('%s is refused: such a vector would fit nothing', async (_name, body, headers, rate, message) => {
    const answer = await infer(body, headers, { rate });
    expect([answer.status, answer.json]).toEqual([400, { error: expect.stringContaining(message) }]);
  });

  const silent = { ...tensor, data: [...samples.subarray(0, RATE), ...new Float32Array(RATE)] };
  const input = (change: object): object => ({ inputs: [{ ...flat, ...change }] });
  test.each<[string, object, number, string]>([
    ['no tensor', { inputs: [] }, 400, 'inputs: must have one tensor'],
    ['two tensors', { inputs: [flat, flat] }, 400, 'inputs: must have one tensor'],
    ['a tensor of another name', input({ name: 'mel' }), 400, 'takes the tensor waveform, not mel'],
    ['another type', input({ datatype: 'FP16' }), 400, 'takes FP32, not FP16'],
    ['windows of another length', input({ shape: [4, 4000] }), 400, 'windows [n, 8000] (mono, 8000 Hz), not [4, 4000]'],
    ['a negative dimension', input({ shape: [-2, RATE] }), 400, 'inputs[0].shape[0]: must not be negative'],
    ['a huge dimension', input({ shape: [2 ** 53, RATE] }), 400, 'inputs[0].shape[0]'],
    ['more values than there are', input({ shape: [1_000_000_000, RATE] }), 400, 'has 16000 values, the shape says'],
    [
      'a value that is no number',
      input({ shape: [1, RATE], data: ['a', ...samples.subarray(1, RATE)] }),
      400,
      'value 0',
    ],
    ['a value beyond FP32', input({ data: [1e39, ...samples.subarray(1)] }), 400, 'no finite FP32 number'],
    ['values and a binary size', { inputs: [{ ...flat, ...binaryTensor }] }, 400, 'either data or'],
    ['a binary size alone', { inputs: [binaryTensor] }, 400, 'Inference-Header-Content-Length'],
    ['another sample rate', { parameters: { sample_rate: 44_100 }, inputs: [flat] }, 400, 'takes 8000 Hz, not 44100'],
    ['an unknown output', { inputs: [flat], outputs: [{ name: 'classes' }] }, 400, 'gives embedding, not classes'],
    ['a silent window', { inputs: [silent] }, 422, 'Window 1 is silent'],
    ['a list', [], 400, 'body'],
  ])('%s is refused', async (_name, request, status, message) => {
    const answer = await infer(request);
    expect([answer.status, answer.json]).toEqual([status, { error: expect.stringContaining(message) }]);
  });

  const ofSize = (size: number): object => ({ inputs: [{ ...tensor, parameters: { binary_data_size: size } }] });
  const infinite = Buffer.from(bytes);
  infinite.writeFloatLE(Number.NEGATIVE_INFINITY, 8);
  test.each<[string, () => Promise<Answer>, number, string]>([
    ['a length beyond the body', () => inferBinary(ofSize(64_000), bytes, '99999999'), 400, 'but the body has'],
    ['a length that is no number', () => inferBinary(ofSize(64_000), bytes, '1e3'), 400, 'whole number of bytes'],
    ['fewer bytes than declared', () => inferBinary(ofSize(64_000), bytes.subarray(4)), 400, '63996 bytes follow'],
    ['another size than the shape’s', () => inferBinary(ofSize(63_996), bytes.subarray(4)), 400, 'has 64000 bytes'],
    ['bytes nobody declared', () => inferBinary({ inputs: [flat] }, bytes), 400, '64000 bytes follow it'],
    ['an infinite sample', () => inferBinary(ofSize(64_000), infinite), 400, 'value 2 is no finite'],
    [
      'raw bytes of no whole window',
      () => infer(bytes.subarray(4), { [LENGTH_HEADER]: '0' }),
      400,
      'a window of tiny-1',
    ],
    ['broken JSON', () => infer(Buffer.from('{"inputs":[')), 400, 'not valid JSON'],
    ['an empty body', () => infer(Buffer.alloc(0)), 400, 'empty'],
    ['too many bytes', () => infer(Buffer.alloc(2_000_001)), 413, 'too large'],
    ['a compressed body', () => infer(bytes, { 'content-encoding': 'gzip' }), 415, 'Content-Encoding'],
  ])('%s: refused', async (_name, send, status, message) => {
    const answer = await send();
    expect([answer.status, answer.json]).toEqual([status, { error: expect.stringContaining(message) }]);
  });

  test('an unknown version is 404 before the body is read', async () => {
    expect((await infer({ inputs: [flat] }, {}, { version: '/versions/9' })).status).toBe(404);
  });
});
