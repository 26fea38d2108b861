// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { goldenSignal } from '@earshot/models';
import { loadSpaces } from '@earshot/models/registry';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AudioEmbeddingResult } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

/** One service with two hosts, whose models change while it serves. */
const noSignals = platform() === 'win32' ? 'needs POSIX signals' : false;
const RATE = 8000;
const folder = mkdtempSync(join(tmpdir(), 'earshot-repository-'));
const modelsDir = join(folder, 'models');
const recordings = [1, 2, 3, 4].map(
  (gain) =>
    new Uint8Array(
      wavFile(
        goldenSignal('chirp-noise', RATE, 9000 + gain * 5000).map((value) => value / gain),
        RATE,
      ),
    ),
);
let service: SpawnedService;

/** Spaces that come with the project. */
const SHIPPED = [...loadSpaces().keys()];

const as = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
const embed = (model = 'tiny-1', recording = 0): Promise<Response> =>
  fetch(`${service.url}/v1/audio/embeddings?model=${model}&segments=true`, {
    method: 'POST',
    body: recordings[recording]!,
    headers: as('user'),
  });
const embedded = async (model?: string, recording?: number): Promise<AudioEmbeddingResult> => {
  const response = await embed(model, recording);
  const body = (await response.json()) as AudioEmbeddingResult;
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return body;
};
const admin = async (path: string, init: RequestInit = {}): Promise<[number, unknown]> => {
  const response = await fetch(`${service.url}/v2/repository/${path}`, {
    method: 'POST',
    headers: as('root'),
    ...init,
  });
  return [response.status, await response.json()];
};
const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  for (let round = 0; round < 2400; round++) {
    if (await isTrue()) return;
    await sleep(25);
  }
  throw new Error('it did not happen within a minute');
};
const devices = async (): Promise<readonly { pid: number | null; restarts: number; problem: string | null }[]> =>
  ((await (await fetch(`${service.url}/info`, { headers: as('user') })).json()) as { devices: [] }).devices;
const signalHosts = async (signal: NodeJS.Signals): Promise<void> => {
  for (const { pid } of await devices()) process.kill(pid!, signal);
};

const isReleased = (fingerprint: string): boolean =>
  service
    .stderr()
    .split('\n')
    .some((line) => line.includes('space released') && line.includes(fingerprint));

beforeAll(async () => {
  writeTinySpace(modelsDir);
  const keysFile = join(folder, 'keys');
  const sum = (secret: string): string => createHash('sha256').update(secret).digest('hex');
  writeFileSync(keysFile, `user:${sum('user')}:embed\nroot:${sum('root')}:admin\n`);
  service = await spawnService({
    EARSHOT_MODELS_DIR: modelsDir,
    EARSHOT_INFERENCE_KEYS_FILE: keysFile,
    EARSHOT_DEVICES: 'cpu,cpu',
    EARSHOT_CANARY_SECONDS: '1',
    EARSHOT_BATCH_TIMEOUT_MS: '3000',
    EARSHOT_CACHE_BYTES: '0',
  });
  await service.waitUntilReady();
  await until(async () => (await devices()).every(({ problem }) => problem === null));
});
afterAll(async () => {
  service?.process.kill('SIGKILL');
  await service?.exited;
  rmSync(folder, { recursive: true, force: true });
});

test('only keys with the scope admin may look or change anything', async () => {
  for (const path of ['index', 'models/tiny-1/load', 'models/tiny-1/unload']) {
    expect(await admin(path, { headers: {} })).toEqual([401, { error: expect.stringContaining('API key') }]);
    expect(await admin(path, { headers: as('user') })).toEqual([403, { error: expect.stringContaining('admin') }]);
  }
});

test('the index names every model with its state', async () => {
  const [status, models] = await admin('index');
  expect(status).toBe(200);
  const ready = { version: '1', state: 'READY', reason: '', fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/) };
  expect(models).toEqual([...SHIPPED, 'tiny-1'].map((name) => ({ name, ...ready })));
});

test('a body is optional; what it says must be understood', async () => {
  const json = { ...as('root'), 'content-type': 'application/json' };
  expect((await admin('models/tiny-1/load', { headers: json, body: '{}' }))[0]).toBe(200);
  expect((await admin('models/tiny-1/load', { headers: json, body: '' }))[0]).toBe(200);
  expect(await admin('models/tiny-1/load', { headers: json, body: '{"parameters":{"config":"{}"}}' })).toEqual([
    400,
    { error: expect.stringContaining('models folders only') },
  ]);
  expect((await admin('index', { headers: json, body: '{"ready":"yes"}' }))[0]).toBe(400);
  expect((await admin('index', { headers: json, body: '{"ready"' }))[0]).toBe(400);
});

test('a new model is loaded while others are served; loading it again changes nothing and says so', async () => {
  expect((await embed('tiny-2')).status).toBe(404);
  expect(await admin('models/tiny-2/load')).toEqual([
    404,
    { error: expect.stringContaining('There is no space tiny-2') },
  ]);
  writeTinySpace(modelsDir, { id: 'tiny-2', version: 2 }, 'square');
  expect((await admin('index', { body: '{"ready":true}' }))[1]).toHaveLength(SHIPPED.length + 1);
  const answers: Promise<AudioEmbeddingResult>[] = [];
  let isLoading = true;
  const keepAsking = (async () => {
    while (isLoading) {
      answers.push(embedded());
      await sleep(5);
    }
  })();
  const [status, body] = await admin('models/tiny-2/load');
  isLoading = false;
  await keepAsking;
  expect([status, body]).toMatchObject([200, { name: 'tiny-2', version: '2', state: 'READY', changed: true }]);
  expect(new Set((await Promise.all(answers)).map(({ embedding }) => String(embedding))).size).toBe(1);
  expect(await embedded('tiny-2')).toMatchObject({ fingerprint: (body as AudioEmbeddingResult).fingerprint });
  expect(await admin('models/tiny-2/load')).toMatchObject([200, { state: 'READY', changed: false }]);
});

test('swapped under load: every answer is wholly of the old or of the new graph, none fails, the old one is closed', async () => {
  const all = [0, 1, 2, 3];
  const before = await Promise.all(all.map((index) => embedded('tiny-1', index)));
  const old = before[0]!.fingerprint;
  writeTinySpace(modelsDir, {}, 'square');
  const answers: { index: number; result: AudioEmbeddingResult }[] = [];
  let isDone = false;
  const lanes = all.map(async (index) => {
    while (!isDone) answers.push({ index, result: await embedded('tiny-1', index) });
  });
  await until(() => answers.length >= 8);
  expect(await admin('models/tiny-1/load')).toMatchObject([200, { changed: true }]);
  await until(() => answers.filter(({ result }) => result.fingerprint !== old).length >= 8);
  isDone = true;
  await Promise.all(lanes);
  const after = await Promise.all(all.map((index) => embedded('tiny-1', index)));
  expect(after[0]!.embedding).not.toEqual(before[0]!.embedding);
  for (const { index, result } of answers) {
    const expected = (result.fingerprint === old ? before : after)[index]!;
    expect(result).toMatchObject({
      fingerprint: expected.fingerprint,
      embedding: expected.embedding,
      segments: expected.segments,
    });
  }
  await until(() => isReleased(old));
});

describe('what cannot be loaded leaves the old one serving and says why', () => {
  const file = join(modelsDir, 'tiny-1.json');
  const other = [{ signal: 'plucked-notes' as const, embedding: [0, 0, 0, 0, 0, 0, 0, 1], minCosine: 0.9999 }];
  const broken = {
    file: 'broken.onnx',
    sha256: createHash('sha256').update('x').digest('hex'),
    precision: 'fp32',
  } as const;
  test.each([
    ['a golden vector that is missed', () => writeTinySpace(modelsDir, { golden: other }), /golden vector .* cosine/],
    [
      'a golden vector of another contract that is missed',
      () => writeTinySpace(modelsDir, { golden: other, pooling: 'max' }),
      /golden vector .* cosine/,
    ],
    [
      'another graph than the card names',
      () => writeTinySpace(modelsDir, { graph: { ...broken, sha256: 'f'.repeat(64) } }),
      /broken.onnx has sha256 [0-9a-f]{64}, but its card names f{64}/,
    ],
    [
      'a graph that is none',
      () => {
        writeTinySpace(modelsDir, { graph: broken });
        writeFileSync(join(modelsDir, 'broken.onnx'), 'x');
      },
      /tiny-1 cannot be loaded/,
    ],
    ['a card that is none', () => writeFileSync(file, '{"id":"tiny-1"'), /cannot be used/],
    ['a card without dims', () => writeFileSync(file, '{"id":"tiny-1"}'), /dims/],
    ['two cards of one id', () => writeFileSync(join(modelsDir, 'b.json'), readFileSync(file)), /Two model cards/],
  ])('%s', async (_what, write, reason) => {
    writeTinySpace(modelsDir, {}, 'square');
    const { fingerprint, embedding } = await embedded();
    write();
    expect(await admin('models/tiny-1/load')).toEqual([422, { error: expect.stringMatching(reason) }]);
    rmSync(join(modelsDir, 'b.json'), { force: true });
    expect(await embedded()).toMatchObject({ fingerprint, embedding });
    const [, models] = await admin('index');
    expect(models).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'tiny-1', state: 'READY' })]));
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  });
});

test('an unloaded model is not found any more, and can be loaded again', async () => {
  writeTinySpace(modelsDir, {}, 'square');
  const { fingerprint } = await embedded('tiny-2');
  expect(await admin('models/tiny-2/unload')).toEqual([200, { name: 'tiny-2', state: 'UNAVAILABLE' }]);
  expect((await embed('tiny-2')).status).toBe(404);
  expect(await admin('models/tiny-2/unload')).toEqual([404, { error: expect.stringContaining('tiny-2') }]);
  const [, models] = await admin('index');
  expect(models).toContainEqual({
    name: 'tiny-2',
    version: '2',
    state: 'UNAVAILABLE',
    reason: 'it is not loaded',
    fingerprint: null,
  });
  await until(() => isReleased(fingerprint));
  expect(await admin('models/tiny-2/load')).toMatchObject([200, { changed: true, fingerprint }]);
  expect(await embedded('tiny-2')).toMatchObject({ fingerprint });
});

describe.skipIf(noSignals)(`hosts (${noSignals || 'POSIX signals'})`, () => {
  test('a request that has begun is finished with the model that was unloaded under it', async () => {
    const { embedding } = await embedded('tiny-2');
    await signalHosts('SIGSTOP');
    const answer = embedded('tiny-2');
    await sleep(300);
    expect((await admin('models/tiny-2/unload'))[0]).toBe(200);
    expect((await embed('tiny-2')).status).toBe(404);
    await signalHosts('SIGCONT');
    expect((await answer).embedding).toEqual(embedding);
  });

  test('two hosts share the work; when one is killed nothing is lost', async () => {
    const expected = await Promise.all([0, 1, 2, 3].map((index) => embedded('tiny-1', index)));
    const [first, second] = await devices();
    const work = Array.from({ length: 40 }, (_, index) => embedded('tiny-1', index % 4));
    await work[0];
    process.kill(first!.pid!, 'SIGKILL');
    const results = await Promise.all(work);
    for (const [index, { embedding }] of results.entries()) expect(embedding).toEqual(expected[index % 4]!.embedding);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    await until(async () => (await devices())[0]!.problem === null);
    expect(await devices()).toMatchObject([{ restarts: first!.restarts + 1 }, { pid: second!.pid }]);
  });

  test('hosts that hang unasked miss their canary: not ready with the reason, until new ones are up', async () => {
    let problems: string[] = [];
    await until(async () => {
      // Each time, since one that was just being replaced has a new process; one that was ended cannot be stopped.
      await signalHosts('SIGSTOP').catch(() => undefined);
      const response = await fetch(`${service.url}/health/ready`);
      ({ problems } = (await response.json()) as { problems: string[] });
      return response.status === 503;
    });
    expect(problems.join()).toMatch(/the canary of [a-z]+-\d took longer than 3000 ms/);
    await service.waitUntilReady();
    await embedded();
  });
});
