// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingPythonModule, runPython } from './testing/python-clients.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

const RATE = 8000;
const missing = missingPythonModule('huggingface_hub');
const folder = mkdtempSync(join(tmpdir(), 'earshot-tei-'));
const dataUri = (samples: Float32Array): string => `data:audio/wav;base64,${wavFile(samples, RATE).toString('base64')}`;
const melody = dataUri(goldenSignal('plucked-notes', RATE, 20_000));
const chirp = dataUri(goldenSignal('chirp-noise', RATE, 12_000));
const silence = dataUri(new Float32Array(16_000));
const recordings = [melody, chirp, melody];
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(folder, { id: 'tiny-1', hasTrackVector: false });
  writeTinySpace(folder, { id: 'tiny-2', version: 2 });
  writeTinySpace(folder, { id: 'tiny-3', version: 3, similarity: 'l2_norm' });
  service = await spawnService({ EARSHOT_MODELS_DIR: folder });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function post(path: string, body: object): Promise<[number, unknown]> {
  const response = await fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [response.status, await response.json()];
}

async function vectorsOfOpenAi(model: string): Promise<number[][]> {
  const [, body] = await post('/v1/embeddings', { model, input: recordings });
  return (body as { data: { embedding: number[] }[] }).data.map((item) => item.embedding);
}

test('a bare list of vectors, in order, equal to those of /v1/embeddings', async () => {
  const expected = await vectorsOfOpenAi('tiny-2');
  const options = {
    normalize: true,
    truncate: false,
    dimensions: null,
    prompt_name: null,
    truncation_direction: 'right',
  };
  expect(await post('/embed?model=tiny-2', { inputs: recordings, ...options })).toEqual([200, expected]);
  expect(await post('/embed?model=tiny-2', { inputs: melody })).toEqual([200, expected.slice(0, 1)]);
  expect(await post('/embed?model=tiny-2', { inputs: [{ audio: melody }] })).toEqual([200, expected.slice(0, 1)]);
});

test('without a model the first space with a vector for whole recordings answers', async () => {
  const [status, vectors] = await post('/embed', { inputs: ['how big'] });
  expect([status, vectors]).toEqual([200, [expect.any(Array)]]);
  const { spaces } = await service.info();
  expect((vectors as number[][])[0]).toHaveLength(spaces.find((space) => space.has_track_vector)!.dims);
});

test('lengths carry meaning where vectors are not compared by cosine: unit length only on demand', async () => {
  const [raw] = await vectorsOfOpenAi('tiny-3');
  expect(await post('/embed?model=tiny-3', { inputs: melody })).toEqual([200, [raw]]);
  const [, unit] = await post('/embed?model=tiny-3', { inputs: melody, normalize: true });
  expect(Math.hypot(...raw!)).not.toBeCloseTo(1, 3);
  expect(Math.hypot(...(unit as number[][])[0]!)).toBeCloseTo(1, 6);
});

test.each<[string, object, number, string, string]>([
  ['/embed', { inputs: [] }, 400, 'empty', 'inputs: has no item'],
  ['/embed', {}, 422, 'validation', 'inputs'],
  ['/embed', { inputs: 'rain on a roof' }, 422, 'validation', 'embeds audio, not text'],
  ['/embed', { inputs: [melody, silence] }, 422, 'validation', 'silent'],
  ['/embed', { inputs: melody, normalize: 'yes' }, 422, 'validation', 'normalize: must be true or false'],
  ['/embed', { inputs: melody, prompt_name: 'query' }, 422, 'validation', 'prompt_name'],
  ['/embed', { inputs: melody, dimensions: 3 }, 422, 'validation', 'dimensions'],
  ['/embed', { inputs: Array(2049).fill('how big') }, 422, 'validation', '2049'],
  ['/embed?model=nope', { inputs: melody }, 404, 'validation', 'nope'],
  ['/embed?model=tiny-1', { inputs: melody }, 422, 'validation', 'segment vectors only'],
  ['/embed?space=tiny-2', { inputs: melody }, 422, 'validation', 'space: there is no such parameter'],
])('%s with a bad request %#: refused', async (path, body, status, type, message) => {
  expect(await post(path, body)).toEqual([status, { error: expect.stringContaining(message), error_type: type }]);
});

test('a body too large is refused without 413, which Elasticsearch would answer by cutting the input', async () => {
  const [status, body] = await post('/embed', { inputs: 'A'.repeat(33 * 1024 * 1024) });
  expect([status, body]).toEqual([422, { error: expect.stringContaining('too large'), error_type: 'validation' }]);
});

test.skipIf(missing)(
  `Hugging Face’s InferenceClient reads vectors and errors${missing ? ` (skipped: ${missing})` : ''}`,
  async () => {
    writeFileSync(join(folder, 'recordings.txt'), recordings.join('\n'));
    const address = `${service.url}/embed?model=tiny-2`;
    const printed = await runPython('hugging_face_client.py', [address, join(folder, 'recordings.txt')]);
    const expected = (await vectorsOfOpenAi('tiny-2')).map((vector) => [...Float32Array.from(vector)]);
    expect(JSON.parse(printed)).toEqual({
      one: expected.slice(0, 1),
      list: expected,
      words: [422, { error: expect.stringContaining('embeds audio'), error_type: 'validation' }],
    });
  },
);
