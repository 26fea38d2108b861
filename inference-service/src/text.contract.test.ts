// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Card, goldenSignal } from '@earshot/models';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';
import { writeWordsSpace } from './testing/words-space.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-text-'));
let service: SpawnedService;
let card: Card;

beforeAll(async () => {
  writeTinySpace(folder);
  card = await writeWordsSpace(folder);
  service = await spawnService({ EARSHOT_MODELS_DIR: folder });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Failure {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly param: string; readonly message: string } };
}

async function post(path: string, body: object): Promise<Failure> {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Failure['body'] };
}

const embed = (body: object): Promise<Failure> => post('/v1/embeddings', { model: 'words-1', ...body });
const unit = (vector: readonly number[]): number[] => vector.map((value) => value / Math.hypot(...vector));

describe('words', () => {
  test('become unit vectors through the openai package, with the tokens as usage', async () => {
    const client = new OpenAI({ apiKey: 'none', baseURL: `${service.url}/v1`, maxRetries: 0 });
    const golden = card.text!.golden[0]!;
    const { data, usage, model } = await client.embeddings.create({ model: 'words-1', input: [golden.text, 'rain'] });
    expect(model).toBe('words-1');
    // a, ·dog, ·, i, n, ·, t, h, e, ·rain and start and end; rain, start and end.
    expect(usage).toEqual({ prompt_tokens: 12 + 3, total_tokens: 15 });
    for (const [i, value] of unit(golden.embedding).entries()) expect(data[0]!.embedding[i]).toBeCloseTo(value, 5);
  });

  test('come beside recordings in one request, each in its place, the same in every shape', async () => {
    const { fingerprint } = (await service.info()).spaces.find(({ id }) => id === 'words-1')!;
    const wav = wavFile(goldenSignal('plucked-notes', 8000, 12_000), 8000).toString('base64');
    const [rain, sound] = ['rain', `data:audio/wav;base64,${wav}`];
    const items = [
      rain,
      sound,
      { type: 'text', value: rain },
      { content: [{ type: 'text', value: rain }] },
      { text: rain },
    ];
    const mixed = (await embed({ input: items })).body as unknown as OpenAI.CreateEmbeddingResponse;
    expect(mixed).toMatchObject({ fingerprint });
    const alone = (await embed({ input: sound })).body as unknown as OpenAI.CreateEmbeddingResponse;
    expect(mixed.data[1]!.embedding).toEqual(alone.data[0]!.embedding);
    for (const at of [2, 3, 4])
      for (const [i, value] of mixed.data[at]!.embedding.entries())
        expect(value).toBeCloseTo(mixed.data[0]!.embedding[i]!, 5);
  });

  test('a hundred at once are answered in order', async () => {
    const words = Array.from({ length: 100 }, (_, i) => `dog ${i}`);
    const { data } = (await embed({ input: words })).body as unknown as OpenAI.CreateEmbeddingResponse;
    const one = (await embed({ input: 'dog 77' })).body as unknown as OpenAI.CreateEmbeddingResponse;
    expect(data).toHaveLength(100);
    for (const [i, value] of one.data[0]!.embedding.entries()) expect(data[77]!.embedding[i]).toBeCloseTo(value, 5);
  });

  test('too many of them are refused by item, and cut where /embed is told to', async () => {
    const long = 'x'.repeat(40);
    const refused = await embed({ input: ['rain', long] });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'text_too_long', param: 'input[1]' } } });
    expect(refused.body.error.message).toContain('42 tokens');
    expect(await embed({ input: 'x y '.repeat(25_000) })).toMatchObject({
      status: 400,
      body: { error: { code: 'text_too_long' } },
    });
    expect(await post('/embed?model=words-1', { inputs: long })).toMatchObject({ status: 422 });
    const cut = (await post('/embed?model=words-1', { inputs: ['x'.repeat(14), long], truncate: true })).body;
    const [short, same] = cut as unknown as number[][];
    for (const [i, value] of short!.entries()) expect(same![i]).toBeCloseTo(value, 5);
  });

  test.each([
    ['an empty text', { input: ['rain', ''] }, 'empty_input', 'input[1]'],
    ['token numbers', { input: [[1, 2, 3]] }, 'model_does_not_embed_text', 'input[0]'],
    [
      'words for a space that has none',
      { model: 'tiny-1', input: 'rain on a roof' },
      'model_does_not_embed_text',
      'input[0]',
    ],
  ])('%s is a clear 400', async (_name, body, code, param) => {
    expect(await embed(body)).toMatchObject({ status: 400, body: { error: { code, param } } });
  });

  test('are announced by /v1/models and /info', async () => {
    const models = (await (await fetch(`${service.url}/v1/models`)).json()) as { data: object[] };
    expect(models.data).toContainEqual(expect.objectContaining({ id: 'words-1', accepts_text: true }));
    expect(models.data).toContainEqual(expect.objectContaining({ id: 'tiny-1', accepts_text: false }));
    const { spaces } = await service.info();
    expect(spaces.find(({ id }) => id === 'words-1')).toMatchObject({ accepts_text: true, max_text_tokens: 16 });
    expect(spaces.find(({ id }) => id === 'tiny-1')).not.toHaveProperty('max_text_tokens');
  });

  test('the literal that asks for dims is words like any others', async () => {
    const { data } = (await embed({ input: ['how big', 'how small'] }))
      .body as unknown as OpenAI.CreateEmbeddingResponse;
    expect(data[0]!.embedding).not.toEqual(data[1]!.embedding);
  });
});

test('a tokenizer with other bytes than the card names takes its space out of service, and no other', async () => {
  const other = mkdtempSync(join(tmpdir(), 'earshot-text-'));
  await writeWordsSpace(other);
  writeTinySpace(other);
  appendFileSync(join(other, 'words-1.tokenizer'), ' ');
  const fresh = await spawnService({ EARSHOT_MODELS_DIR: other });
  try {
    await expect
      .poll(async () => (await fresh.info()).problems?.join('; '), { timeout: 30_000 })
      .toContain('words-1.tokenizer has sha256');
    const sound = wavFile(goldenSignal('plucked-notes', 8000, 12_000), 8000);
    const answer = await fetch(`${fresh.url}/v1/audio/embeddings?model=tiny-1`, { method: 'POST', body: sound });
    expect(answer.status).toBe(200);
  } finally {
    await fresh.stop();
    rmSync(other, { recursive: true, force: true });
  }
});
