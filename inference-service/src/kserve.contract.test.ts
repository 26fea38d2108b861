// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';

const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-kserve-'));
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(modelsDir);
  service = await spawnService({ EARSHOT_MODELS_DIR: modelsDir });
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

  test('a wrong method is refused in the same form', async () => {
    const response = await fetch(`${service.url}/v2/models/tiny-1`, { method: 'PUT' });
    expect([response.status, await response.json()]).toEqual([405, { error: expect.stringContaining('PUT') }]);
  });
});
