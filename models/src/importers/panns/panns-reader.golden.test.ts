// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { randomPannsWeights } from '../../build/spaces/panns/random-weights.ts';
import { pannsReference } from '../../build/spaces/panns/reference/network.ts';
import { verifySpace } from '../../build/verify-space.ts';
import { goldenSignal } from '../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import { loadSpaces } from '../../registry.ts';
import type { ImportError } from '../import-error.ts';
import { type AddedSpace, importSpace } from '../import-space.ts';
import { narrowLayout, narrowTensors, writeTensors } from '../testing/index.ts';
import type { SavedTensor } from '../testing/write-pickle.ts';
import { createPannsReader } from './panns-reader.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-add-panns-'));
afterAll(() => rmSync(dir, { recursive: true }));

let folders = 0;
const freshFolder = (): string => join(dir, `models-${folders++}`);
const checkpoint = join(dir, 'narrow.pth');

function add(
  model: string,
  modelsDir: string,
  change: { acceptUnverified?: boolean; version?: number } = {},
): Promise<AddedSpace> {
  const { acceptUnverified = true, version = 1 } = change;
  const options = { path: checkpoint, modelsDir, acceptUnverified, onStep: () => undefined };
  return importSpace(options, createPannsReader(model, version));
}

async function refusal(model: string, change: (tensors: Map<string, SavedTensor>) => void): Promise<ImportError> {
  const tensors = narrowTensors(narrowLayout('panns-cnn14'));
  change(tensors);
  writeTensors(checkpoint, tensors, 'zip');
  const modelsDir = freshFolder();
  const error = await add(model, modelsDir).then(
    () => expect.fail('nothing was refused'),
    (cause: ImportError) => cause,
  );
  expect(loadSpaces(modelsDir).size).toBe(loadSpaces().size);
  return error;
}

describe.each([
  ['panns-cnn14', 'zip'],
  ['panns-cnn14', 'legacy'],
  ['panns-cnn10', 'legacy'],
  ['panns-cnn6', 'zip'],
] as const)('%s from a %s checkpoint', (model, container) => {
  const layout = narrowLayout(model);
  const modelsDir = freshFolder();

  test('becomes a space that agrees with double precision', async () => {
    writeTensors(checkpoint, narrowTensors(layout), container);
    const { card, isNew } = await add(model, modelsDir);
    expect(isNew).toBe(true);
    expect(readdirSync(modelsDir).sort()).toEqual([`${model}-1.json`, `${model}-1.onnx`]);
    const space = loadSpaces(modelsDir).get(`${model}-1`)!;
    expect(space.card).toEqual(card);
    expect((await verifySpace(space)).every(({ ok }) => ok)).toBe(true);

    const samples = goldenSignal('plucked-notes', 32_000, 41_234);
    const session = await InferenceSession.create(space.graphPath);
    const answer = await session.run({ waveform: new Tensor('float32', samples, [1, samples.length]) });
    await session.release();
    const reference = pannsReference(samples, randomPannsWeights(layout, 14), layout);
    const largest = Math.max(...reference.embedding);
    for (const [i, value] of (answer.embedding!.data as Float32Array).entries())
      expect(Math.abs(value - reference.embedding[i]!) / largest).toBeLessThanOrEqual(1e-4);
    for (const [i, value] of (answer.clipwise!.data as Float32Array).entries())
      expect(Math.abs(value - reference.clipwise[i]!)).toBeLessThanOrEqual(1e-5);
  });

  test('gives its mid-level channels as a space of its own, without the last block', async () => {
    writeTensors(checkpoint, narrowTensors(layout), container);
    const options = { path: checkpoint, modelsDir, acceptUnverified: true, onStep: () => undefined };
    const { card } = await importSpace(options, createPannsReader(model, 1, 'mid-level'));
    const width = layout.channels.at(-3)! + layout.channels.at(-2)!;
    expect(card).toMatchObject({ id: `${model}-mid-level-1`, dims: width, output: { tensor: 'mid_level' } });
    const samples = goldenSignal('plucked-notes', 32_000, 41_234);
    const session = await InferenceSession.create(join(modelsDir, card.graph.file));
    const answer = await session.run({ waveform: new Tensor('float32', samples, [1, samples.length]) });
    await session.release();
    const { midLevel } = pannsReference(samples, randomPannsWeights(layout, 14), layout);
    expect(answer.mid_level!.dims).toEqual([1, width]);
    const largest = Math.max(...midLevel);
    for (const [i, value] of (answer.mid_level!.data as Float32Array).entries())
      expect(Math.abs(value - midLevel[i]!) / largest).toBeLessThanOrEqual(1e-4);
    for (const file of [`${card.id}.json`, card.graph.file]) rmSync(join(modelsDir, file));
  });

  test('is found by a second run, and made again when its graph is damaged', async () => {
    const card = readFileSync(join(modelsDir, `${model}-1.json`), 'utf8');
    expect((await add(model, modelsDir)).isNew).toBe(false);
    const graph = join(modelsDir, `${model}-1.onnx`);
    const bytes = readFileSync(graph);
    writeFileSync(graph, bytes.subarray(1000));
    expect((await add(model, modelsDir)).isNew).toBe(true);
    expect(readFileSync(graph).equals(bytes)).toBe(true);
    expect(readFileSync(join(modelsDir, `${model}-1.json`), 'utf8')).toBe(card);
  });

  test('is not replaced by another checkpoint, which may become another version', async () => {
    const tensors = narrowTensors(layout);
    tensors.get('fc1.bias')!.data.fill(0.5 as never);
    writeTensors(checkpoint, tensors, container);
    await expect(add(model, modelsDir)).rejects.toMatchObject({ code: 'MODEL_EXISTS' });
    expect((await add(model, modelsDir, { version: 2 })).card.id).toBe(`${model}-2`);
  });
});

test('a file with other sums than the published ones needs consent, and its licence is not guessed', async () => {
  writeTensors(checkpoint, narrowTensors(narrowLayout('panns-cnn6')), 'zip');
  const modelsDir = freshFolder();
  await expect(add('panns-cnn6', modelsDir, { acceptUnverified: false })).rejects.toMatchObject({
    code: 'CHECKPOINT_UNVERIFIED',
    message: expect.stringContaining('e25e26b84585b14c7754c91e48efc9be'),
  });
  const { card } = await add('panns-cnn6', modelsDir);
  expect(card.licence.spdx).toBe('NOASSERTION');
  expect(card.origin).toMatchObject({ file: 'narrow.pth', isPublished: false });
});

describe('a checkpoint is refused', () => {
  test('when it holds another network, which is named', async () => {
    const error = await refusal('panns-cnn10', () => undefined);
    expect(error).toMatchObject({ code: 'CHECKPOINT_MISMATCH' });
    expect(error.message).toContain('it is a Cnn14: earshot models add panns-cnn14');
  });

  const tensor = (dims: number[]): SavedTensor => ({
    key: 'other',
    dims,
    data: new Float32Array(dims.reduce((product, dim) => product * dim, 1)),
  });
  const withValue = (tensors: Map<string, SavedTensor>, name: string, value: number): void => {
    tensors.get(name)!.data[5] = value as never;
  };
  test.each<[string, (tensors: Map<string, SavedTensor>) => void, string]>([
    ['when a tensor is missing', (t) => t.delete('conv_block3.bn2.bias'), 'conv_block3.bn2.bias is missing'],
    ['when a tensor is too many', (t) => t.set('att.weight', tensor([2])), '"att.weight" is none of its'],
    [
      'when a tensor has other sizes',
      (t) => t.set('fc1.weight', tensor([64, 63])),
      'fc1.weight is 64 × 63, not 64 × 64',
    ],
    ['when a tensor is empty', (t) => t.set('fc_audioset.weight', tensor([0, 64])), 'fc_audioset.'],
    [
      'when a weight is no number',
      (t) => withValue(t, 'conv_block2.conv1.weight', Number.NaN),
      'value 5 of tensor conv_block2.conv1.weight is NaN',
    ],
    [
      'when a weight is infinite',
      (t) => withValue(t, 'fc1.bias', Number.NEGATIVE_INFINITY),
      'value 5 of tensor fc1.bias is -Infinity',
    ],
    [
      'when a variance is negative',
      (t) => withValue(t, 'bn0.running_var', -1),
      'value 5 of tensor bn0.running_var is -1',
    ],
    [
      'when its mel filters are others',
      (t) => withValue(t, 'logmel_extractor.melW', 0.5),
      'logmel_extractor.melW differs by',
    ],
    ['when its weights overflow', (t) => t.get('fc1.weight')!.data.fill(3e38 as never), 'no usable answer'],
  ])('%s', async (_title, change, problem) => {
    expect((await refusal('panns-cnn14', change)).message).toContain(problem);
  });
});
