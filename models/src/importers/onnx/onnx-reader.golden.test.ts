// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, describe, expect, test } from 'vitest';
import { logMelReference } from '../../build/front-end/reference/log-mel.ts';
import type { GraphBuilder, Value } from '../../build/index.ts';
import { verifySpace } from '../../build/verify-space.ts';
import { goldenSignal } from '../../golden-signal.ts';
import { loadSpaces } from '../../registry.ts';
import type { ImportError } from '../import-error.ts';
import { type AddedSpace, importSpace } from '../import-space.ts';
import { editOnnx, writeOnnx } from '../testing/edit-onnx.ts';
import { logMelSettings, readCardFile } from './card-file.ts';
import { createOnnxReader } from './onnx-reader.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-add-onnx-'));
afterAll(() => rmSync(dir, { recursive: true }));
const [onnxPath, cardPath] = [join(dir, 'graph.onnx'), join(dir, 'card.json')];

const RATE = 8000;
const SAMPLES = 4000;
const PARTS = 8;
const CARD = {
  ...{ model: 'mine', title: 'Mine', dims: PARTS, sampleRateHz: RATE, windowSamples: SAMPLES },
  input: { kind: 'waveform' },
  licence: { spdx: 'MIT', attribution: 'me', source: 'here' },
};
const MEL_INPUT = {
  ...{ kind: 'log-mel', axes: 'batch,frames,mels', fftSize: 128, frameHopSamples: 100, framing: 'reflect' },
  ...{ preEmphasis: 0.9, window: 'hann', spectrum: 'power', mels: { bands: PARTS, scale: 'htk', norm: 'none' } },
  log: { kind: 'db', floor: 1e-10, range: 60 },
};

let folders = 0;
async function add(bytes: Uint8Array, change: object = {}, modelsDir = join(dir, `models-${folders++}`)) {
  writeFileSync(onnxPath, bytes);
  writeFileSync(cardPath, JSON.stringify({ ...CARD, ...change }));
  const options = { path: onnxPath, modelsDir, acceptUnverified: false, onStep: () => undefined };
  const added: AddedSpace = await importSpace(options, createOnnxReader(cardPath, 1));
  return { ...added, modelsDir };
}

async function refusal(bytes: Uint8Array, change: object = {}): Promise<ImportError> {
  const modelsDir = join(dir, `models-${folders}`);
  const error = await add(bytes, change).then(
    () => expect.fail('it was added'),
    (cause: ImportError) => cause,
  );
  expect(loadSpaces(modelsDir).has('mine-1')).toBe(false);
  return error;
}

/** Mean absolute value of each eighth of a window: what the small graphs below compute. */
function parts(window: Float32Array): number[] {
  const size = SAMPLES / PARTS;
  return Array.from({ length: PARTS }, (_, i) => {
    return window.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + Math.abs(value) / size, 0);
  });
}
const chirp = goldenSignal('chirp-noise', RATE, SAMPLES);

function meanParts(g: GraphBuilder, samples: Value): Value {
  const cut = g.op('Reshape', [g.op('Abs', [samples]), g.integers('cut', [0, PARTS, SAMPLES / PARTS])]);
  return g.op('ReduceMean', [cut], { axes: { ints: [2] }, keepdims: { int: 0 } });
}

const waveformGraph = writeOnnx((g) => {
  g.output('y', meanParts(g, g.input('x', ['batch', SAMPLES])), ['batch', PARTS]);
});

function expectClose(actual: readonly number[], wanted: readonly number[], tolerance = 1e-4): void {
  const largest = Math.max(...wanted.map(Math.abs));
  for (const [i, value] of wanted.entries())
    expect(Math.abs((actual[i] ?? Number.NaN) - value) / largest).toBeLessThan(tolerance);
  expect(actual).toHaveLength(wanted.length);
}

const goldenOf = ({ card }: AddedSpace): number[] => card.golden[0]!.embedding;

describe('a graph that takes waveforms', () => {
  test('is taken as it is, with licence and origin in its metadata', async () => {
    const added = await add(waveformGraph);
    expectClose(goldenOf(added), parts(chirp));
    expect(added.card).toMatchObject({ input: { tensor: 'x' }, output: { tensor: 'y' }, graph: { precision: 'fp32' } });
    expect(added.checks?.windowsPerSecond).toBeGreaterThan(0);
    const space = loadSpaces(added.modelsDir).get('mine-1')!;
    expect((await verifySpace(space)).every(({ ok }) => ok)).toBe(true);
    const { graph, metadataProps } = onnx.ModelProto.decode(readFileSync(space.graphPath));
    const before = onnx.ModelProto.decode(waveformGraph).graph;
    expect(JSON.stringify(graph)).toBe(JSON.stringify(before));
    const metadata = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
    expect(metadata).toMatchObject({ licence: 'MIT', sample_rate: '8000', source_sha256: added.card.origin!.sha256 });
  });

  test('a second run finds everything done; another card for the same id is refused', async () => {
    const { modelsDir, fingerprint } = await add(waveformGraph);
    expect(await add(waveformGraph, {}, modelsDir)).toMatchObject({ isNew: false, fingerprint });
    const other = add(waveformGraph, { output: { normalise: true } }, modelsDir);
    await expect(other).rejects.toMatchObject({ code: 'MODEL_EXISTS' });
    expect(readdirSync(modelsDir).sort()).toEqual(['mine-1.json', 'mine-1.onnx']);
  });

  test('gets channel axis, inner tensor, reduction over time and unit length where the card asks for them', async () => {
    const graph = writeOnnx((g) => {
      const x = g.input('x', ['batch', 1, 'samples']);
      const cut = g.op('Reshape', [g.op('Abs', [x]), g.integers('cut', [0, PARTS, SAMPLES / PARTS])]);
      g.output('embedding', g.op('Softmax', [g.op('Neg', [cut])]), ['batch', PARTS, SAMPLES / PARTS]);
    });
    const inner = { tensor: 'reshape_1', reduce: { axis: 2, by: 'mean' }, normalise: true };
    const wanted = parts(chirp);
    const length = Math.hypot(...wanted);
    for (const opset of [12, 17, 21]) {
      const bytes = editOnnx(graph, (model) => Object.assign(model.opsetImport[0]!, { version: opset }));
      const added = await add(bytes, { output: inner });
      expectClose(
        goldenOf(added),
        wanted.map((value) => value / length),
      );
      expect(added.card.output).toMatchObject({ normalised: true, tensor: 'earshot/embedding' });
    }
  });

  test('may work in half precision inside', async () => {
    const graph = editOnnx(
      writeOnnx((g) => {
        g.output('y', g.op('Identity', [meanParts(g, g.input('x', ['batch', SAMPLES]))]), ['batch', PARTS]);
      }),
      (_model, { input, output }) => {
        for (const { type } of [input[0]!, output[0]!]) type!.tensorType!.elemType = 10;
      },
    );
    expectClose(goldenOf(await add(graph)), parts(chirp), 5e-3);
  });
});

describe('a graph that takes log-mel spectrograms', () => {
  const names = ['waveform', 'earshot/head/conv_1'] as const;
  const graph = writeOnnx((g) => {
    const mel = g.input('waveform', ['batch', 'frames', PARTS]);
    const g2 = g.op('Add', [mel, g.floats('earshot/head/mel_weights', [PARTS], Array(PARTS).fill(5))]);
    g.output('y', g.op('ReduceMean', [g2], { axes: { ints: [1] }, keepdims: { int: 0 } }), ['batch', PARTS]);
  });

  test('gets its front-end from the card, whatever its own names are', async () => {
    const added = await add(graph, { input: MEL_INPUT });
    const reference = logMelReference(chirp, logMelSettings(readCardFile(cardPath))!);
    expectClose(
      goldenOf(added),
      reference.map((row) => row.reduce((sum, v) => sum + v, 0) / row.length + 5),
    );
    expect(added.card.input.tensor).toBe(`earshot1/${names[0]}`);
    expect(added.card.origin?.settings).toMatchObject({ input: { preEmphasis: 0.9, frameSamples: 128 } });
  });

  test.each([11, 13, 18, 22])('in operator set %i', async (version) => {
    const bytes = writeOnnx((g) => {
      g.output('y', g.op('Transpose', [g.input('mel', ['n', 40, PARTS])], { perm: { ints: [0, 2, 1] } }), [
        'n',
        PARTS,
        40,
      ]);
    });
    const old = editOnnx(bytes, (model) => Object.assign(model.opsetImport[0]!, { version }));
    const card = { input: { ...MEL_INPUT, frames: 40 }, output: { reduce: { axis: 2, by: 'max' } } };
    const reference = logMelReference(chirp, { ...logMelSettings(readCardFile(cardPath))!, frames: 40 });
    expectClose(
      goldenOf(await add(old, card)),
      reference.map((row) => Math.max(...row)),
    );
  });
});

describe('a graph that does not fit is refused', () => {
  const graphOf = (op: (g: GraphBuilder, x: Value) => Value): Uint8Array =>
    writeOnnx((g) => {
      g.output('y', op(g, g.input('x', ['batch', SAMPLES])), ['batch', PARTS]);
    });
  const shaped = (dims: (number | string)[]): Uint8Array =>
    editOnnx(waveformGraph, (_model, { input }) => {
      input[0]!.type!.tensorType!.shape!.dim = dims.map((dim) =>
        onnx.TensorShapeProto.Dimension.create(typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim }),
      );
    });

  test.each([
    ['for another window', shaped(['n', 4001]), {}, 'x float32 [n,4001] should be [batch,4000]'],
    ['with a fixed batch', shaped([1, SAMPLES]), {}, 'batches of 1 only'],
    ['without a batch', shaped([SAMPLES]), {}, 'no axis for a batch'],
    ['with other dims', waveformGraph, { dims: 9 }, 'has 8 values a window, the card says 9'],
    [
      'without the output named',
      waveformGraph,
      { output: { tensor: 'z' } },
      'graph.onnx has no output "z"; there is "y"',
    ],
    [
      'without the input named',
      waveformGraph,
      { input: { kind: 'waveform', tensor: 'w' } },
      'no input "w"; there is "x"',
    ],
    ['for spectrograms of another size', shaped(['n', 30, PARTS]), { input: MEL_INPUT }, 'should be [batch,40,8]'],
    [
      'that takes whole numbers',
      editOnnx(waveformGraph, (_m, { input }) => Object.assign(input[0]!.type!.tensorType!, { elemType: 7 })),
      {},
      'x int64 [batch,4000] holds no real numbers',
    ],
    [
      'with two inputs',
      editOnnx(waveformGraph, (_m, { input }) =>
        input.push(onnx.ValueInfoProto.create({ ...input[0]!, name: 'lengths' })),
      ),
      { input: { kind: 'waveform', tensor: 'x' } },
      'lengths float32 [batch,4000] is an input too',
    ],
  ])('%s, before it is opened', async (_name, bytes, change, words) => {
    expect(await refusal(bytes as Uint8Array, change)).toMatchObject({
      code: 'GRAPH_MISMATCH',
      message: expect.stringContaining(words),
    });
  });

  test.each([
    [
      'with values that are not finite',
      graphOf((g, x) => meanParts(g, g.op('Log', [g.op('Sub', [x, x])]))),
      'has -Infinity|has Infinity',
    ],
    [
      'that does not hear',
      graphOf((g, x) => meanParts(g, g.op('Add', [g.op('Sub', [x, x]), g.scalar(1)]))),
      'the same for different sounds',
    ],
    [
      'whose windows influence each other',
      graphOf((g, x) =>
        meanParts(g, g.op('Sub', [x, g.op('ReduceMean', [x], { axes: { ints: [0] }, keepdims: { int: 1 } })])),
      ),
      'other vectors than its windows one by one|all zeros',
    ],
    [
      'that cannot run',
      graphOf((g, x) => meanParts(g, g.op('Reshape', [x, g.integers('odd', [0, 7, -1])]))),
      'Reshape',
    ],
  ])('%s', async (_name, bytes, words) => {
    const error = await refusal(bytes);
    expect(error.code).toBe('GRAPH_MISMATCH');
    expect(error.message).toMatch(new RegExp(`^graph\\.onnx: .*(${words})`));
  });

  test.each([
    ['an unknown operator', (node: onnx.INodeProto) => Object.assign(node, { opType: 'Frobnicate' }), 'Frobnicate'],
    [
      'an operator of an unknown domain',
      (node: onnx.INodeProto) => Object.assign(node, { domain: 'com.example' }),
      'com.example',
    ],
  ])('with %s, by its name', async (_name, change, words) => {
    const bytes = editOnnx(waveformGraph, (_model, graph) => change(graph.node[0]!));
    const error = await refusal(bytes);
    expect(error).toMatchObject({ code: 'GRAPH_UNSUPPORTED', message: expect.stringContaining(words) });
    expect(error.message).not.toMatch(/onnxruntime\/|\.cc/);
  });

  test('with another sum than the card names', async () => {
    expect(await refusal(waveformGraph, { sha256: '0'.repeat(64) })).toMatchObject({ code: 'CHECKPOINT_UNVERIFIED' });
  });
});
