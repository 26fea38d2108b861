// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingPythonModule, runPython } from './testing/python-clients.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { tinyVector, writeTinySpace } from './testing/tiny-space.ts';

const RATE = 8000;
const missing = missingPythonModule('tritonclient.http');
const folder = mkdtempSync(join(tmpdir(), 'earshot-triton-'));
const samples = goldenSignal('plucked-notes', RATE, 3 * RATE);
let service: SpawnedService | undefined;

beforeAll(async () => {
  if (missing !== false) return;
  writeTinySpace(folder);
  writeFileSync(join(folder, 'windows.f32'), samples);
  service = await spawnService({ EARSHOT_MODELS_DIR: folder });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));

test.skipIf(missing)(`NVIDIA’s tritonclient drives the service${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const address = new URL(service!.url).host;
  const printed = await runPython('triton_client.py', [address, 'tiny-1', join(folder, 'windows.f32'), String(RATE)]);
  const said = JSON.parse(printed) as Record<string, unknown> & { binary: [number[][], string | null] };
  expect(said).toMatchObject({
    live: true,
    ready: true,
    modelReady: true,
    otherReady: false,
    server: { name: 'earshot', extensions: expect.arrayContaining(['binary_tensor_data', 'model_repository']) },
    model: { name: 'tiny-1', inputs: [{ name: 'waveform', shape: [-1, RATE] }] },
    unknownModel: ['404', expect.stringContaining('nope')],
    wrongRate: ['400', expect.stringContaining('8000 Hz')],
    noRate: ['400', expect.stringContaining('these have no rate')],
    compressed: ['415', expect.stringContaining('Content-Encoding')],
    reloaded: ['UNAVAILABLE', 'READY'],
    unknownLoad: ['404', expect.stringContaining('nope')],
  });
  const [vectors, id] = said.binary;
  expect(id).toBe('q1');
  for (const way of ['binaryNamed', 'json', 'jsonToBinary', 'binaryToJson']) expect(said[way]).toEqual([vectors, null]);
  for (const [index, vector] of vectors.entries()) {
    const expected = unit(tinyVector(samples.subarray(index * RATE, (index + 1) * RATE)));
    for (const [at, value] of vector.entries()) expect(value).toBeCloseTo(expected[at]!, 5);
  }
});
