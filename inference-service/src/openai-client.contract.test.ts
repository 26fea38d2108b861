// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { goldenSignal } from '@earshot/models';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ServiceInfo } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

const RATE = 8000;
const noSignals = platform() === 'win32' ? 'needs POSIX signals' : false;
const folder = mkdtempSync(join(tmpdir(), 'earshot-openai-'));
const base64 = wavFile(goldenSignal('plucked-notes', RATE, 12_000), RATE).toString('base64');
const dataUri = `data:audio/wav;base64,${base64}`;
const secretOf = (name: string): string => `secret-of-${name}`;
const keyLine = (name: string, scope: string): string =>
  `${name}:${createHash('sha256').update(secretOf(name)).digest('hex')}:${scope}\n`;
let service: SpawnedService;

beforeAll(async () => {
  writeTinySpace(folder);
  const keysFile = join(folder, 'keys');
  writeFileSync(keysFile, keyLine('app', 'embed') + keyLine('prometheus', 'metrics'));
  service = await spawnService({
    EARSHOT_MODELS_DIR: folder,
    EARSHOT_INFERENCE_KEYS_FILE: keysFile,
    EARSHOT_MAX_QUEUE_WINDOWS: '64',
  });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const client = (secret: string): OpenAI => new OpenAI({ apiKey: secret, baseURL: `${service.url}/v1`, maxRetries: 0 });
const app = (): OpenAI => client(secretOf('app'));
const create = (body: object): Promise<OpenAI.CreateEmbeddingResponse> =>
  app().embeddings.create({ model: 'tiny-1', ...body } as OpenAI.EmbeddingCreateParams);

describe('the openai package', () => {
  test('a model is retrieved by its id', async () => {
    expect(await app().models.retrieve('tiny-1')).toMatchObject({ id: 'tiny-1', object: 'model', owned_by: 'earshot' });
  });

  test('every shape in which audio is sent gives the same vector', async () => {
    const part = { type: 'audio', format: 'base64', value: base64 };
    const shapes = [
      dataUri,
      base64,
      { content: [part] },
      { content: part },
      { content: [{ type: 'audio', value: dataUri }] },
      part,
      { audio: dataUri },
      { audio: base64 },
    ];
    for (const input of [shapes, ...shapes]) {
      const { data } = await create({ input, encoding_format: 'float' });
      expect(data).toHaveLength(Array.isArray(input) ? shapes.length : 1);
      expect(new Set(data.map((item) => item.embedding.join())).size).toBe(1);
    }
  });

  test('what OpenAI knows and this service does not need is accepted', async () => {
    const plain = await create({ input: dataUri, encoding_format: 'float' });
    const extras = { user: 'u-1', modality: 'audio', dimensions: 8, encoding_format: 'float', future: { x: [1] } };
    expect(await create({ input: [dataUri], ...extras })).toEqual(plain);
  });

  test('each kind of failure arrives as its class', async () => {
    const embed = (secret: string): Promise<unknown> =>
      client(secret).embeddings.create({ model: 'tiny-1', input: dataUri });
    await expect(embed('wrong')).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(embed(secretOf('prometheus'))).rejects.toBeInstanceOf(OpenAI.PermissionDeniedError);
    await expect(app().models.retrieve('nope')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(create({ input: Array(10_000).fill(dataUri.slice(0, 100)) })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
    await expect(create({ input: 'data:audio/wav;base64,UklG' })).rejects.toMatchObject({ param: 'input[0]' });
  });

  test.skipIf(noSignals)('a full queue arrives as RateLimitError with the seconds to wait', async () => {
    const headers = { authorization: `Bearer ${secretOf('app')}` };
    const { host } = (await (await fetch(`${service.url}/info`, { headers })).json()) as ServiceInfo;
    process.kill(host!.pid!, 'SIGSTOP');
    // Each has more than half of the windows that may wait.
    const failures = [30, 31, 32].map((seconds) => {
      const samples = goldenSignal('chirp-noise', RATE, seconds * RATE);
      const wav = wavFile(samples, RATE).toString('base64');
      return create({ input: `data:audio/wav;base64,${wav}` }).then(
        () => Promise.reject(new Error('it was embedded')),
        (error: unknown) => error,
      );
    });
    const failure = await Promise.any(failures).finally(() => process.kill(host!.pid!, 'SIGCONT'));
    expect(failure).toBeInstanceOf(OpenAI.RateLimitError);
    expect((failure as InstanceType<typeof OpenAI.RateLimitError>).headers?.get('retry-after')).toMatch(/^\d+$/);
    await Promise.allSettled(failures);
  });
});
