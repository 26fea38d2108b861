// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Card, goldenSignal } from '@earshot/models';
import { writeMelodySpace } from '@earshot/models/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AudioEmbeddingResult, ErrorBody, StreamLine } from './contract/embeddings.ts';
import { type SpawnedService, spawnService } from './testing/spawn-service.ts';
import { writeTinySpace } from './testing/tiny-space.ts';
import { wavFile } from './testing/wav-file.ts';

const RATE = 8000;
const HOP_MS = 32;
const folder = mkdtempSync(join(tmpdir(), 'earshot-melody-'));
let service: SpawnedService;
let card: Card;

beforeAll(async () => {
  writeTinySpace(folder);
  card = await writeMelodySpace(folder);
  service = await spawnService({ EARSHOT_MODELS_DIR: folder });
  await service.waitUntilReady();
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const hum = (seconds: number): Float32Array => goldenSignal('hummed-tune', RATE, Math.round(seconds * RATE));

async function post<T>(query: string, samples: Float32Array, rate = RATE): Promise<T> {
  const body = new Uint8Array(wavFile(samples, rate));
  const response = await fetch(`${service.url}/v1/audio/embeddings?model=tune-1&${query}`, { method: 'POST', body });
  return (await response.json()) as T;
}
const listen = (query: string, samples: Float32Array, rate = RATE) => post<AudioEmbeddingResult>(query, samples, rate);
const failOn = (query: string, samples: Float32Array) => post<ErrorBody>(query, samples);

async function postJson<T>(path: string, body: object): Promise<{ readonly status: number; readonly body: T }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${service.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as T };
}

const dataUri = (samples: Float32Array): string => `data:audio/wav;base64,${wavFile(samples, RATE).toString('base64')}`;
const numbers = (vector: unknown): number[] => vector as number[];
const product = (a: unknown, b: unknown): number =>
  numbers(a).reduce((sum, value, i) => sum + value * numbers(b)[i]!, 0);

/** Share of the voiced frames whose pitch lies within half a semitone of the note that is hummed then. */
function rightShare(pitch: readonly (number | null)[], startMs = 0): number {
  const tune = [0, 4, 7, 5, 4, 2, 0, 7, 9, 7, 5, 4, 2, 4, 0, -1];
  const off = pitch.flatMap((value, frame) => {
    const note = tune[Math.floor((startMs + frame * HOP_MS) / 450) % tune.length]!;
    return value === null ? [] : [Math.abs(value - (55 + note))];
  });
  return off.filter((distance) => distance <= 0.5).length / off.length;
}

describe('indexing', () => {
  test('gives a vector for each window of the melody, and the pitch that was heard', async () => {
    const { segments = [], outputs, ...result } = await listen('', hum(8));
    expect(result).toMatchObject({ model: 'tune-1', status: 'ready', silent: false, embedding: null, dims: 32 });
    const { melody } = outputs;
    expect(melody).toMatchObject({ source: 'monophonic', hop_ms: HOP_MS, reason: null });
    expect(melody!.pitch).toHaveLength(250);
    expect(melody!.heard.duration_s).toBe(8);
    expect(rightShare(melody!.pitch)).toBeGreaterThan(0.85);
    expect(segments.length).toBeGreaterThan(15);
    expect(segments[0]!.start_ms).toBeLessThan(100);
    for (const { start_ms, end_ms, embedding } of segments) {
      expect(end_ms - start_ms).toBeGreaterThan(1800);
      expect(end_ms).toBeLessThanOrEqual(8000);
      expect(product(embedding, embedding)).toBeCloseTo(1, 5);
    }
  });

  test('a recording of several blocks is heard as one, from the first frame to the last', async () => {
    const { outputs } = await listen('', hum(25.3));
    const { pitch } = outputs.melody!;
    expect(pitch).toHaveLength(Math.floor((25.3 * RATE) / 256));
    for (let block = 0; block < pitch.length; block += 100)
      expect(rightShare(pitch.slice(block, block + 100), block * HOP_MS), `frames from ${block}`).toBeGreaterThan(0.75);
    const { outputs: part } = await listen('offset=15&duration=9', hum(25.3));
    expect(part.melody!.pitch).toHaveLength(282);
    expect(rightShare(part.melody!.pitch, 15_000)).toBeGreaterThan(0.85);
  });

  test('spans are told from the start of the recording, whatever the offset', async () => {
    const { segments = [] } = await listen('offset=5&duration=8', hum(14));
    expect(segments[0]!.start_ms).toBeGreaterThanOrEqual(5000);
    expect(segments.at(-1)!.end_ms).toBeLessThanOrEqual(13_000);
  });

  test('in lines: a header, the windows, and what was heard at the end', async () => {
    const response = await fetch(`${service.url}/v1/audio/embeddings?model=tune-1`, {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: new Uint8Array(wavFile(hum(8), RATE)),
    });
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as StreamLine);
    const { segments } = await listen('', hum(8));
    expect(lines.map(({ event }) => event)).toEqual(['header', ...segments!.map(() => 'segment'), 'summary']);
    expect(lines[1]).toMatchObject({ model: 'tune-1', ...segments![0] });
    expect(lines.at(-1)).toMatchObject({ status: 'ready', embedding: null, outputs: { melody: { reason: null } } });
  });

  test('beside other spaces in one request, each at its own rate', async () => {
    const body = new Uint8Array(wavFile(hum(6), RATE));
    const query = 'model=spectral-1,tune-1&model=tiny-1&input_type=search';
    const response = await fetch(`${service.url}/v1/audio/embeddings?${query}`, { method: 'POST', body });
    const { results } = (await response.json()) as { results: AudioEmbeddingResult[] };
    expect(results.map(({ model, embedding }) => [model, numbers(embedding).length])).toEqual([
      ['spectral-1', 48],
      ['tune-1', 32],
      ['tiny-1', 8],
    ]);
    expect(results.map(({ outputs }) => Object.keys(outputs))).toEqual([[], ['melody'], []]);
  });

  test('is not what a request means that names no space', async () => {
    const response = await fetch(`${service.url}/v1/audio/embeddings`, {
      method: 'POST',
      body: new Uint8Array(wavFile(hum(6), RATE)),
    });
    expect(await response.json()).toMatchObject({ model: 'spectral-1' });
  });
});

describe('searching', () => {
  test('gives the beginnings of what was hummed, and the whole as the vector of the recording', async () => {
    const { segments = [], embedding } = await listen('input_type=search', hum(7));
    expect(segments).toHaveLength(4);
    expect(segments[0]!.embedding).toEqual(embedding);
    const ends = segments.map(({ end_ms }) => end_ms);
    expect(ends).toEqual(ends.toSorted((a, b) => b - a));
    const { embedding: none } = await listen('input_type=search&pooling=none', hum(7));
    expect(none).toBeNull();
  });

  test('in another key and tempo finds the window that the song was indexed with', async () => {
    const { segments = [] } = await listen('', hum(16));
    // The same samples at another rate: a fifth faster and three semitones higher. The tune begins again every 7.2 s.
    const { embedding } = await listen('input_type=search', hum(5.7), 9600);
    const best = segments.toSorted((a, b) => product(b.embedding, embedding) - product(a.embedding, embedding))[0]!;
    expect(product(best.embedding, embedding)).toBeGreaterThan(0.9);
    expect(best.start_ms % 7200).toBeLessThan(500);
  });

  test('with a melody that is too long is refused, and a part of it is taken', async () => {
    const { error } = await failOn('input_type=search', hum(33));
    expect(error).toMatchObject({ code: 'melody_too_long', message: expect.stringContaining('offset and duration') });
    expect(error.message).toContain('tune-1 searches with 30 s at most');
    expect((await listen('input_type=search&offset=5&duration=20', hum(33))).status).toBe('ready');
  });

  test('through /v1/embeddings and /embed gives that vector too', async () => {
    const { embedding } = await listen('input_type=search', hum(7));
    const { body } = await postJson<{ data: { embedding: number[] }[] }>('/v1/embeddings', {
      model: 'tune-1',
      input: [dataUri(hum(7)), 'how big'],
    });
    expect(body.data.map((item) => item.embedding.length)).toEqual([32, 32]);
    expect(product(body.data[0]!.embedding, embedding)).toBeCloseTo(1, 5);
    const { body: bare } = await postJson<number[][]>('/embed?model=tune-1', { inputs: [dataUri(hum(7))] });
    expect(product(bare[0], embedding)).toBeCloseTo(1, 5);
  });
});

describe('without a melody', () => {
  let state = 3;
  const noise = Float32Array.from({ length: RATE * 6 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.3;
  });
  const note = Float32Array.from({ length: RATE * 6 }, (_, n) => 0.4 * Math.sin((2 * Math.PI * 220 * n) / RATE));

  test.each([
    ['noise', noise, 'no_melody', 'has a pitch'],
    ['one held note', note, 'no_melody', 'one held note'],
    ['half a second', hum(0.5), 'no_melody', '0.5 s long'],
    ['silence', new Float32Array(RATE * 6), 'silent', 'nothing in it has a pitch'],
  ])('%s has no vectors, and the reason is told', async (_name, samples, status, reason) => {
    for (const query of ['', 'input_type=search']) {
      const result = await listen(query, samples);
      expect(result).toMatchObject({ status, embedding: null, segments: [] });
      expect(result.outputs.melody!.reason).toContain(reason);
    }
  });

  test('nothing is answered where only a vector could be', async () => {
    const { status, body } = await postJson<ErrorBody>('/v1/embeddings', {
      model: 'tune-1',
      input: [dataUri(hum(7)), dataUri(note)],
    });
    expect(status).toBe(422);
    expect(body.error).toMatchObject({ code: 'no_melody', param: 'input[1]' });
    expect(body.error.message).toContain('No melody is heard in the recording: one held note');
    expect((await postJson('/embed?model=tune-1', { inputs: [dataUri(note)] })).status).toBe(422);
  });

  test('the windows of the space are its own', async () => {
    expect((await failOn('hop=1', hum(4))).error).toMatchObject({ code: 'invalid_parameter', param: 'hop' });
    expect((await failOn('input_type=query', hum(4))).error).toMatchObject({ param: 'input_type' });
  });
});

describe('contours that were not taken from sound', () => {
  const contours = Array.from({ length: 70 }, (_, row) =>
    Array.from({ length: 128 }, (__, i) => Math.sin((i + 1) / (5 + row)) * 4),
  );

  test('become vectors by the protocol, in any number', async () => {
    const metadata = (await (await fetch(`${service.url}/v2/models/tune-1`)).json()) as object;
    expect(metadata).toMatchObject({
      inputs: [{ name: 'contour', datatype: 'FP32', shape: [-1, 128] }],
      outputs: [{ name: 'embedding', datatype: 'FP32', shape: [-1, 32] }],
    });
    expect(metadata).not.toHaveProperty('parameters.sample_rate');
    const tensor = { name: 'contour', datatype: 'FP32' };
    const infer = (rows: readonly number[][], more: object = {}) =>
      postJson<{ outputs: { data: number[]; shape: number[] }[]; error: string }>('/v2/models/tune-1/infer', {
        inputs: [{ ...tensor, shape: [rows.length, 128], data: rows.flat() }],
        ...more,
      });
    const all = (await infer(contours)).body.outputs[0]!;
    expect(all.shape).toEqual([70, 32]);
    const [last] = (await infer(contours.slice(-1))).body.outputs;
    expect(product(all.data.slice(-32), last!.data)).toBeCloseTo(1, 5);
    const refused = await infer(contours, { parameters: { sample_rate: 8000 } });
    expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining('has no sample rate') } });
    const wrong = await postJson<{ error: string }>('/v2/models/tune-1/infer', {
      inputs: [{ name: 'waveform', datatype: 'FP32', shape: [1, 81_920], data: [] }],
    });
    expect(wrong.body.error).toContain('tune-1 takes the tensor contour, not waveform');
  });
});

describe('the second graph', () => {
  test('is proved when a space is loaded: its bytes, and the way from sound to vector', async () => {
    const melody = card.melody!;
    const graph = { ...melody.encoder.graph, sha256: '0'.repeat(64) };
    const [golden] = card.golden;
    const load = (model: string) => postJson<{ error: string }>(`/v2/repository/models/${model}/load`, {});
    await writeMelodySpace(folder, { id: 'tune-2', melody: { ...melody, encoder: { ...melody.encoder, graph } } });
    expect(await load('tune-2')).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('tune-1.encoder.onnx has sha256') },
    });
    const embedding = golden!.embedding.toReversed();
    await writeMelodySpace(folder, { id: 'tune-2', golden: [{ ...golden!, embedding }] });
    expect(await load('tune-2')).toMatchObject({
      status: 422,
      body: { error: expect.stringContaining('golden vector hummed-tune: cosine') },
    });
    await writeMelodySpace(folder, { id: 'tune-2' });
    expect((await load('tune-2')).status).toBe(200);
  });

  test('is told with the space', async () => {
    const { spaces } = await service.info();
    expect(spaces.find(({ id }) => id === 'tune-1')).toMatchObject({
      has_track_vector: false,
      window_ms: 10_240,
      max_melody_seconds: 30,
    });
  });
});

describe('melody-1', () => {
  const ask = async (samples: Float32Array, rate: number): Promise<AudioEmbeddingResult> => {
    const query = 'model=melody-1&input_type=search';
    const body = new Uint8Array(wavFile(samples, rate));
    return (await (
      await fetch(`${service.url}/v1/audio/embeddings?${query}`, { method: 'POST', body })
    ).json()) as never;
  };

  test('hears a hum to within half a semitone, and finds it again in another key and tempo', async () => {
    const [low, high] = await Promise.all([ask(hum(6), RATE), ask(hum(6), 9600)]);
    expect(low).toMatchObject({ status: 'ready', dims: 128, outputs: { melody: { source: 'monophonic' } } });
    expect(rightShare(low.outputs.melody!.pitch)).toBeGreaterThan(0.85);
    expect(product(low.embedding, high.embedding)).toBeGreaterThan(0.9);
  });

  test('hears no melody in noise', async () => {
    let state = 3;
    const noise = Float32Array.from({ length: RATE * 6 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2 ** 31 - 1) * 0.3;
    });
    expect(await ask(noise, RATE)).toMatchObject({ status: 'no_melody', embedding: null, segments: [] });
  });
});
