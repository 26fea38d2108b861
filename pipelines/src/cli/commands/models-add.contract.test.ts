// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInferenceService } from '@earshot/e2e/support';
import { goldenSignal } from '@earshot/models';
import { createGraphBuilder, encodeModel, toBytes } from '@earshot/models/build';
import { narrowLayout, narrowTensors, writeClapPair, writeTensors } from '@earshot/models/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
let dir: string;
let modelsDir: string;

function earshot(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  // Nobody listens at that address.
  const env = {
    PATH: process.env.PATH ?? '',
    EARSHOT_MODELS_DIR: modelsDir,
    ELASTICSEARCH_URL: 'http://127.0.0.1:9',
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'models', ...args], { env, cwd: dir }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const RATE = 8000;

/** A graph that takes a spectrogram [batch, 1, 40, time] and gives the mean of each band over time. */
function writeBandMeans(path: string): void {
  const g = createGraphBuilder();
  const bands = g.input('mel', ['batch', 1, 40, 'time']);
  const means = g.op('ReduceMean', [bands], { axes: { ints: [1, 3] }, keepdims: { int: 0 } });
  g.output('bands', means, ['batch', 40]);
  writeFileSync(path, toBytes(encodeModel(g.build({ name: 'bands', description: 'for tests', metadata: {} }))));
}

/** 32-bit float WAVE, mono. */
function wavFile(samples: Float32Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF    WAVEfmt ');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  for (const [i, value] of [16, 0, RATE, RATE * 4].entries()) header.writeUInt32LE(value, 16 + 4 * i);
  for (const [i, value] of [3, 1].entries()) header.writeUInt16LE(value, 20 + 2 * i);
  for (const [i, value] of [4, 32].entries()) header.writeUInt16LE(value, 32 + 2 * i);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

const BAND_CARD = {
  model: 'band-means',
  title: 'Loudness of bands',
  dims: 40,
  sampleRateHz: RATE,
  windowSamples: RATE,
  input: {
    ...{ kind: 'log-mel', axes: 'batch,1,mels,frames', fftSize: 256, frameHopSamples: 80, framing: 'reflect' },
    ...{ window: 'hann', spectrum: 'power', mels: { bands: 40, scale: 'htk', norm: 'none' } },
    log: { kind: 'db', floor: 1e-10 },
  },
  licence: { spdx: 'CC0-1.0', attribution: 'nobody', source: 'this test' },
};

describe('earshot models add', () => {
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'earshot-models-add-'));
    modelsDir = join(dir, 'models');
    writeTensors(join(dir, 'narrow.pth'), narrowTensors(narrowLayout('panns-cnn10')), 'legacy');
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  test('takes no file whose sums are not the published ones, and leaves nothing behind', async () => {
    const { code, stderr } = await earshot('add', 'panns-cnn10', '--checkpoint', 'narrow.pth');
    expect(code).toBe(4);
    expect(stderr).toContain('CHECKPOINT_UNVERIFIED');
    expect(stderr).toContain('--accept-unverified');
    expect(existsSync(modelsDir)).toBe(false);
  });

  test('makes a space that verify and service accept, and says so once', async () => {
    const consent = ['add', 'panns-cnn10', '--checkpoint', 'narrow.pth', '--accept-unverified'];
    const first = await earshot(...consent);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/panns-cnn10-1 {2}added in .* 64 dims/);
    expect(first.stdout).toContain('NOT a published file');
    expect(readdirSync(modelsDir).sort()).toEqual(['panns-cnn10-1.json', 'panns-cnn10-1.onnx']);

    const second = await earshot(...consent, '--json');
    const lines = second.stdout.trim().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'step' });
    const added = JSON.parse(lines.at(-1)!);
    expect(added).toMatchObject({ event: 'added', space: 'panns-cnn10-1', isNew: false });

    expect((await earshot('verify', 'panns-cnn10-1')).code).toBe(0);
    expect((await earshot('show', 'panns-cnn10-1')).stdout).toContain('narrow.pth, sha256');
    const service = await startInferenceService({ env: { EARSHOT_MODELS_DIR: modelsDir, EARSHOT_EP: 'cpu' } });
    try {
      const { spaces } = (await (await fetch(`${service.url}/info`)).json()) as { spaces: { id: string }[] };
      expect(spaces).toContainEqual(expect.objectContaining({ id: 'panns-cnn10-1', fingerprint: added.fingerprint }));
    } finally {
      await service.stop();
    }
  });

  test('names what is wrong with a file, and where', async () => {
    writeFileSync(join(dir, 'hostile.pth'), Buffer.from('gAKKCmz8nEb5IGqoUBkuAA==', 'base64'));
    const broken = await earshot('add', 'panns-cnn14', '--checkpoint', 'hostile.pth', '--accept-unverified', '--json');
    expect(broken.code).toBe(2);
    expect(JSON.parse(broken.stdout.trim().split('\n').at(-1)!).error).toMatchObject({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringContaining('hostile.pth'),
    });
    expect((await earshot('add', 'panns-cnn14', '--checkpoint', 'none.pth')).stderr).toContain('CHECKPOINT_UNREADABLE');
    expect((await earshot('add', 'panns-cnn14', '--checkpoint', 'none.pth', '--as-version', 'x')).code).toBe(2);
    const wrongOption = await earshot('add', 'yamnet', '--checkpoint', 'narrow.pth');
    expect([wrongOption.code, wrongOption.stderr]).toEqual([2, expect.stringContaining('--tflite FILE')]);
    expect((await earshot('add', 'resnet', '--checkpoint', 'none.pth')).code).toBe(2);
  });

  test("makes a space of anybody's graph and a card, and the service embeds with it", async () => {
    writeBandMeans(join(dir, 'bands.onnx'));
    writeFileSync(join(dir, 'bands.json'), JSON.stringify(BAND_CARD));
    const added = await earshot('add', '--card', 'bands.json', '--onnx', 'bands.onnx');
    expect(added.code, added.stderr).toBe(0);
    expect(added.stdout).toMatch(/band-means-1 {2}added in .* 40 dims/);
    expect(added.stdout).toMatch(/speed .* windows\/s on this CPU/);
    expect((await earshot('verify', 'band-means-1')).code).toBe(0);
    const service = await startInferenceService({ env: { EARSHOT_MODELS_DIR: modelsDir, EARSHOT_EP: 'cpu' } });
    try {
      const url = `${service.url}/v1/audio/embeddings?model=band-means-1`;
      const body = wavFile(goldenSignal('plucked-notes', RATE, RATE));
      const { embedding } = (await (await fetch(url, { method: 'POST', body })).json()) as { embedding: number[] };
      const card = JSON.parse(readFileSync(join(modelsDir, 'band-means-1.json'), 'utf8'));
      const { embedding: wanted } = card.golden.find((one: { signal: string }) => one.signal === 'plucked-notes');
      const length = Math.hypot(...wanted);
      expect(embedding.reduce((sum, value, i) => sum + (value * wanted[i]) / length, 0)).toBeGreaterThan(0.999);
    } finally {
      await service.stop();
    }
  });

  test('makes a space for sounds and words of a pair of graphs, and the service embeds both', async () => {
    writeClapPair(join(dir, 'clap'));
    const untrusted = await earshot('add', 'clap-htsat', '--dir', 'clap');
    expect([untrusted.code, untrusted.stderr]).toEqual([4, expect.stringContaining('CHECKPOINT_UNVERIFIED')]);
    expect((await earshot('add', 'clap-htsat', '--checkpoint', 'narrow.pth')).stderr).toContain('--dir DIR');
    const { code, stderr } = await earshot('add', 'clap-htsat', '--dir', 'clap', '--accept-unverified');
    expect(code, stderr).toBe(0);
    expect((await earshot('show', 'clap-htsat-1')).stdout).toMatch(/words +at most 77 tokens/);
    expect((await earshot('list')).stdout).toMatch(/clap-htsat-1.*yes/);
    const service = await startInferenceService({ env: { EARSHOT_MODELS_DIR: modelsDir, EARSHOT_EP: 'cpu' } });
    try {
      const sound = await fetch(`${service.url}/v1/audio/embeddings?model=clap-htsat-1`, {
        method: 'POST',
        body: wavFile(goldenSignal('chirp-noise', RATE, RATE)),
      });
      const words = await fetch(`${service.url}/v1/embeddings`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'clap-htsat-1', input: ['a dog in the rain', '雨の中の犬 🐕'] }),
      });
      const heard = (await sound.json()) as { embedding: number[]; fingerprint: string };
      const read = (await words.json()) as { data: { embedding: number[] }[]; fingerprint: string };
      expect(read.fingerprint).toBe(heard.fingerprint);
      for (const vector of [heard.embedding, ...read.data.map(({ embedding }) => embedding)]) {
        expect(vector).toHaveLength(512);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      }
    } finally {
      await service.stop();
    }
  });

  test('names card field, tensor and size when a graph does not fit its card', async () => {
    const refusal = async (card: object): Promise<string> => {
      writeFileSync(join(dir, 'bands.json'), JSON.stringify({ ...BAND_CARD, model: 'other', ...card }));
      const { code, stderr } = await earshot('add', '--card', 'bands.json', '--onnx', 'bands.onnx');
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refusal({ dims: 41 })).toMatch(/GRAPH_MISMATCH bands.onnx: bands float32 \[batch,40\] has 40 values/);
    expect(await refusal({ hop: 1 })).toMatch(/CARD_DRAFT_INVALID bands.json: .*"hop"/);
    expect((await earshot('add', '--onnx', 'bands.onnx')).stderr).toContain('--card FILE --onnx FILE');
    expect(readdirSync(modelsDir).filter((name) => name.startsWith('other') || name.startsWith('.'))).toEqual([]);
  });

  test('what was added is removed after --yes, but nothing that ships', async () => {
    mkdirSync(join(modelsDir, '.adding-elsewhere~1-abcdef'));
    utimesSync(join(modelsDir, '.adding-elsewhere~1-abcdef'), 0, 0);
    const asked = await earshot('remove', 'band-means-1');
    expect([asked.code, asked.stderr]).toEqual([4, expect.stringMatching(/Nothing was removed.*band-means-1\.onnx/)]);
    const removed = await earshot('remove', 'band-means-1', '--yes', '--json');
    expect(JSON.parse(removed.stdout)).toMatchObject({
      ...{ space: 'band-means-1', removed: ['band-means-1.json', 'band-means-1.onnx'], indices: null },
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(readdirSync(modelsDir).filter((name) => /^band|^\./.test(name))).toEqual([]);
    expect((await earshot('remove', 'band-means-1', '--yes')).stderr).toContain('SPACE_UNKNOWN');
    expect(await earshot('remove', 'spectral-1', '--yes')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('spectral-1 ships with Earshot'),
    });
  });
});
