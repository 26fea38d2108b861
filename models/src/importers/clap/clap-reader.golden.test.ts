// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifySpace } from '../../build/verify-space.ts';
import { goldenSignal } from '../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import { loadSpaces } from '../../registry.ts';
import type { ImportError } from '../import-error.ts';
import { type AddedSpace, importSpace } from '../import-space.ts';
import { byteTokenizer } from '../testing/byte-tokenizer.ts';
import { clapAudioGraph, clapAudioWeights, writeClapPair } from '../testing/clap-pair.ts';
import { clapLogMel } from '../testing/clap-reference.ts';
import { textGraph } from '../testing/text-graph.ts';
import { openClapFolder } from './clap-folder.ts';
import { createClapReader } from './clap-reader.ts';

const root = mkdtempSync(join(tmpdir(), 'earshot-clap-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
function newPair(changes: Parameters<typeof writeClapPair>[1] = {}): string {
  const dir = join(root, `pair-${folders++}`);
  writeClapPair(dir, changes);
  return dir;
}

async function add(dir: string, modelsDir = join(root, `models-${folders++}`), acceptUnverified = true) {
  const folder = await openClapFolder(dir, acceptUnverified);
  const options = { path: folder.audioPath, modelsDir, acceptUnverified, onStep: () => undefined };
  const added: AddedSpace = await importSpace(options, createClapReader(folder, 1));
  return { ...added, modelsDir };
}

const whyRefused = async (dir: string): Promise<Pick<ImportError, 'code' | 'message'>> => {
  const error = (await add(dir).catch((reason: unknown) => reason)) as ImportError;
  expect(error).toBeInstanceOf(Error);
  return error;
};

describe('a pair of graphs in the layout of CLAP', () => {
  const dir = newPair();
  let first: Awaited<ReturnType<typeof add>>;
  beforeAll(async () => {
    first = await add(dir);
  });

  test('becomes a space for sounds and words, which a second run finds done', async () => {
    const { card, modelsDir, fingerprint, isNew } = first;
    expect(isNew).toBe(true);
    expect(card).toMatchObject({
      id: 'clap-htsat-1',
      dims: 512,
      acceptsText: true,
      input: { sampleRateHz: 48_000, windowSamples: 480_000, padding: 'repeat-whole' },
      output: { normalised: true },
      text: { maxTokens: 77, tokenizer: { file: 'clap-htsat-1.tokenizer', padToken: '<pad>' } },
      licence: { spdx: 'NOASSERTION' },
      origin: { file: 'audio_model.onnx', isPublished: false },
    });
    expect(readdirSync(modelsDir).sort()).toEqual(
      ['json', 'onnx', 'text.onnx', 'tokenizer'].map((end) => `clap-htsat-1.${end}`),
    );
    const space = loadSpaces(modelsDir).get('clap-htsat-1')!;
    expect((await verifySpace(space)).filter(({ ok }) => !ok)).toEqual([]);
    expect(readFileSync(space.textPaths!.graph)).toEqual(readFileSync(join(dir, 'onnx/text_model.onnx')));
    expect(await add(dir, modelsDir)).toMatchObject({ isNew: false, fingerprint });
  });

  test('hears as the front-end in double precision does, in unit vectors', async () => {
    const { graphPath } = loadSpaces(first.modelsDir).get('clap-htsat-1')!;
    const window = goldenSignal('plucked-notes', 48_000, 480_000);
    const session = await InferenceSession.create(graphPath);
    const { embedding } = await session.run({ waveform: new Tensor('float32', window, [1, window.length]) });
    await session.release();
    const mel = clapLogMel(window);
    const means = Array.from({ length: 64 }, (_, band) =>
      mel.reduce((sum, frame) => sum + frame[band]! / mel.length, 0),
    );
    const weights = clapAudioWeights(512);
    const expected = Array.from({ length: 512 }, (_, d) =>
      means.reduce((sum, m, b) => sum + m * weights[b * 512 + d]!, 0),
    );
    const length = Math.hypot(...expected);
    for (const [i, value] of (embedding!.data as Float32Array).entries())
      expect(Math.abs(value - expected[i]! / length)).toBeLessThan(1e-5);
  });

  test('words and their tokenizer are part of the fingerprint; a damaged one is made again', async () => {
    const { modelsDir, fingerprint } = first;
    writeFileSync(join(modelsDir, 'clap-htsat-1.tokenizer'), '{}');
    const checks = await verifySpace(loadSpaces(modelsDir).get('clap-htsat-1')!);
    expect(checks.find(({ ok }) => !ok)).toMatchObject({ check: 'sha256 of the tokenizer' });
    expect(await add(dir, modelsDir)).toMatchObject({ isNew: true, fingerprint });
    const other = newPair({ tokenizer: { ...byteTokenizer(), version: '1.1' } });
    await expect(add(other, modelsDir)).rejects.toMatchObject({ code: 'MODEL_EXISTS' });
  });

  test('needs consent unless it is the published one', async () => {
    const refusal = openClapFolder(dir, false);
    await expect(refusal).rejects.toMatchObject({ code: 'CHECKPOINT_UNVERIFIED' });
    await expect(refusal).rejects.toThrow('text_model.onnx');
  });

  test.each([
    ['onnx/audio_model.onnx', 'audio_model.onnx'],
    ['onnx/text_model.onnx', 'text_model.onnx'],
    ['tokenizer.json', 'tokenizer.json'],
  ])('is refused without %s', async (name, named) => {
    const partial = newPair();
    rmSync(join(partial, name));
    const { code, message } = await whyRefused(partial);
    expect(code).toBe('CHECKPOINT_UNREADABLE');
    expect(message).toContain(named);
  });

  test.each([
    [
      'a tokenizer of another kind',
      { tokenizer: { ...byteTokenizer(), model: { type: 'Unigram', vocab: [] } } },
      'CHECKPOINT_MISMATCH',
      'tokenizer.json',
    ],
    [
      'a tokenizer without the padding token',
      { tokenizer: JSON.parse(JSON.stringify(byteTokenizer()).replaceAll('<pad>', '<fill>')) as unknown },
      'CHECKPOINT_MISMATCH',
      '<pad>',
    ],
    [
      'words of other dims than sounds',
      { text: textGraph({ vocabulary: 267, dims: 256 }) },
      'GRAPH_MISMATCH',
      '[batch,512]',
    ],
    ['sounds of other dims', { audio: clapAudioGraph(256) }, 'GRAPH_MISMATCH', '256'],
    [
      'words whose output has another name',
      { text: textGraph({ vocabulary: 267, dims: 512, output: 'last_hidden_state' }) },
      'GRAPH_MISMATCH',
      'text_embeds',
    ],
    ['an audio graph in the place of the text graph', { text: clapAudioGraph() }, 'GRAPH_MISMATCH', 'input_ids'],
    [
      'a text graph that knows fewer tokens than the tokenizer',
      { text: textGraph({ vocabulary: 20, dims: 512 }) },
      'GRAPH_MISMATCH',
      'text_model.onnx',
    ],
  ])('is refused with %s', async (_name, changes, code, part) => {
    const refused = await whyRefused(newPair(changes));
    expect([refused.code, refused.message]).toEqual([code, expect.stringContaining(part)]);
  });

  test.each([
    ['a fused model', { truncation: 'fusion' }],
    ['another rate', { sampling_rate: 44_100 }],
  ])('is refused when the configuration beside it is of %s', async (_name, config) => {
    const odd = newPair();
    writeFileSync(join(odd, 'preprocessor_config.json'), JSON.stringify(config));
    expect(await whyRefused(odd)).toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
  });

  test('cut or mutated at will is read or refused, and nothing else', async () => {
    const names = ['onnx/audio_model.onnx', 'onnx/text_model.onnx', 'tokenizer.json'];
    let state = 3;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state % below;
    };
    for (let i = 0; i < 36; i++) {
      const path = join(dir, names[i % 3]!);
      const whole = readFileSync(path);
      const bytes = Buffer.from(whole.subarray(0, i % 2 ? whole.length : random(whole.length)));
      for (let flip = 0; flip < 4 && bytes.length > 0; flip++)
        bytes[random(Math.min(bytes.length, 3000))]! ^= 1 << random(8);
      writeFileSync(path, bytes);
      const outcome = await openClapFolder(dir, true)
        .then((folder) =>
          createClapReader(folder, 1).open(folder.audioPath, {
            file: 'x',
            bytes: 1,
            sha256: '0'.repeat(64),
            isPublished: false,
          }),
        )
        .catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome.name).toBe('ImportError');
      writeFileSync(path, whole);
    }
  });
});
