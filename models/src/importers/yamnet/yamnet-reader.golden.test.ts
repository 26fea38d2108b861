// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { verifySpace } from '../../build/verify-space.ts';
import { goldenSignal } from '../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import { loadSpaces } from '../../registry.ts';
import type { ImportError } from '../import-error.ts';
import { type AddedSpace, importSpace } from '../import-space.ts';
import { narrowYamnet, writeNarrowYamnet } from '../testing/narrow-yamnet.ts';
import { yamnetReference } from '../testing/yamnet-reference.ts';
import { readTflite } from '../tflite/read-tflite.ts';
import { readYamnet } from './read-yamnet.ts';
import { createYamnetReader } from './yamnet-reader.ts';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));
const REAL = join(
  process.env.EARSHOT_SHARED_DATA ?? join(REPOSITORY, '../shared/data'),
  'weights/yamnet/yamnet_classification.tflite',
);

const dir = mkdtempSync(join(tmpdir(), 'earshot-yamnet-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'narrow.tflite');

let folders = 0;
function add(file: string, acceptUnverified: boolean): Promise<AddedSpace & { modelsDir: string }> {
  const modelsDir = join(dir, `models-${folders++}`);
  const options = { path: file, modelsDir, acceptUnverified, onStep: () => undefined };
  return importSpace(options, createYamnetReader(1)).then((added) => ({ ...added, modelsDir }));
}

async function run(graphPath: string, samples: Float32Array): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(graphPath);
  const answer = await session.run({ waveform: new Tensor('float32', samples, [1, samples.length]) });
  await session.release();
  return { embedding: answer.embedding!.data as Float32Array, scores: answer.scores!.data as Float32Array };
}

const patch = goldenSignal('chirp-noise', 16_000, 15_600);

describe('YAMNet of a TensorFlow Lite file', () => {
  const network = narrowYamnet(7);
  const bytes = writeNarrowYamnet(network);

  test('becomes a space that agrees with double precision', async () => {
    writeFileSync(path, bytes);
    const { card, modelsDir } = await add(path, true);
    const space = loadSpaces(modelsDir).get('yamnet-1')!;
    expect(space.card).toEqual(card);
    expect((await verifySpace(space)).every(({ ok }) => ok)).toBe(true);
    const answer = await run(space.graphPath, patch);
    const reference = yamnetReference(patch, network);
    const largest = Math.max(...reference.embedding);
    expect(reference.embedding.filter((value) => value > 0.01 && value < 5.99).length).toBeGreaterThan(3);
    for (const [i, value] of answer.embedding!.entries())
      expect(Math.abs(value - reference.embedding[i]!) / largest).toBeLessThanOrEqual(1e-4);
    for (const [i, value] of answer.scores!.entries())
      expect(Math.abs(value - reference.scores[i]!)).toBeLessThanOrEqual(1e-5);
  });

  test('needs consent unless it is the published one', async () => {
    writeFileSync(path, bytes);
    await expect(add(path, false)).rejects.toMatchObject({ code: 'CHECKPOINT_UNVERIFIED' });
  });

  test('is refused by tensor or operator when it is another network', () => {
    const other = { ...network, convolutions: network.convolutions.slice(0, -1) };
    writeFileSync(path, writeNarrowYamnet(other));
    expect(() => readYamnet(readTflite(path))).toThrow('operator 42 is mean, not convolution');
    const [first, ...rest] = network.convolutions;
    writeFileSync(path, writeNarrowYamnet({ ...network, convolutions: [{ ...first!, stride: 3 }, ...rest] }));
    expect(() => readYamnet(readTflite(path))).toThrow('convolution 16 has other options');
    writeFileSync(path, writeNarrowYamnet({ ...network, mel: network.mel.slice(1) }));
    expect(() => readYamnet(readTflite(path))).toThrow('[64,257] has 65788 bytes');
    const scales = first!.scales.with(0, Number.NaN);
    writeFileSync(path, writeNarrowYamnet({ ...network, convolutions: [{ ...first!, scales }, ...rest] }));
    expect(() => readYamnet(readTflite(path))).toThrow('has NaN as value 0');
    writeFileSync(path, Buffer.from('ID3 and no FlatBuffer'));
    expect(() => readTflite(path)).toThrow('narrow.tflite is no TensorFlow Lite model');
  });

  test('cut or mutated at will is read or refused, and nothing else', () => {
    let state = 99;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let i = 0; i < 400; i++) {
      const mutated = i % 4 === 0 ? bytes.slice(0, random(bytes.length)) : bytes.slice();
      // Half of the damage goes where the tables are, the rest anywhere.
      for (let flips = 1 + random(4); flips > 0; flips--) mutated[random(i % 2 ? mutated.length : 4096)] = random(256);
      writeFileSync(path, mutated);
      try {
        readYamnet(readTflite(path));
      } catch (error) {
        expect((error as ImportError).name, String(error)).toBe('ImportError');
        expect((error as ImportError).message).toContain('narrow.tflite');
      }
    }
  });
});

const missing = existsSync(REAL) ? '' : ` (skipped: no ${REAL})`;
test.skipIf(missing)(`the published file is known, and hears silence in silence${missing}`, async () => {
  const { card, modelsDir } = await add(REAL, false);
  expect(card).toMatchObject({ dims: 1024, licence: { spdx: 'Apache-2.0' }, origin: { isPublished: true } });
  const { scores } = await run(join(modelsDir, card.graph.file), new Float32Array(15_600));
  const classes = readFileSync(REAL.replace('yamnet_classification.tflite', 'yamnet_class_map.csv'), 'utf8').split(
    '\n',
  );
  const best = scores!.indexOf(Math.max(...scores!));
  expect(classes[best + 1]).toContain('Silence');
});
