// SPDX-License-Identifier: Apache-2.0
import type { Card } from '../../card.ts';
import { goldenSignal } from '../../golden-signal.ts';
import { InferenceSession, Tensor } from '../../onnx-runtime.ts';
import type { CardDraft } from '../card-draft.ts';
import { ImportError } from '../import-error.ts';
import { runtimeError } from './runtime-error.ts';

/** What a graph did on this machine's CPU. */
export interface GraphChecks {
  /** Of single windows and of a batch, the largest difference as a part of the largest value. */
  readonly batchDifference: number;
  readonly windowsPerSecond: number;
  /** Seconds of audio for a second of computing. */
  readonly timesRealTime: number;
}

interface CheckedGraph {
  /** Name for messages: of the file that the user knows. */
  readonly file: string;
  readonly path: string;
  readonly draft: CardDraft;
  readonly precision: Card['graph']['precision'];
}

const BATCH = 4;
/** Graphs of 8 or 16 bits may scale numbers by what else is in the batch. */
const BATCH_TOLERANCE = { fp32: 1e-3, fp16: 2e-2, int8: 0.2 } as const;
/** A window that nobody would call silent, 60 dB below the others. */
const QUIET = 1e-3;
const SPEED_MS = 1000;
const MAX_SPEED_RUNS = 10;
/** Of different sounds, as a part of the largest value: single precision's noise is below it. */
const LEAST_DIFFERENCE = 1e-5;
const UNIT_TOLERANCE = 1e-3;
/** Both golden signals, one of them backwards and quiet: four different windows. */
function testWindows({ input }: CardDraft): Float32Array[] {
  const { sampleRateHz, windowSamples } = input;
  const chirp = goldenSignal('chirp-noise', sampleRateHz, windowSamples);
  const notes = goldenSignal('plucked-notes', sampleRateHz, windowSamples);
  return [chirp, notes, chirp.toReversed(), notes.map((value) => value * QUIET)];
}

/** One run of the graph, its answer's type and sizes checked. */
type Run = (windows: readonly Float32Array[]) => Promise<Float32Array>;

function createRun(session: InferenceSession, { file, draft }: CheckedGraph): Run {
  const { input, output, dims } = draft;
  return async (windows) => {
    const batch = new Float32Array(windows.length * input.windowSamples);
    for (const [i, window] of windows.entries()) batch.set(window, i * input.windowSamples);
    const feed = { [input.tensor]: new Tensor('float32', batch, [windows.length, input.windowSamples]) };
    const doing = `running ${windows.length === 1 ? 'one window' : `a batch of ${windows.length} windows`}`;
    const answer = await session.run(feed, [output.tensor]).catch((error: unknown) => {
      throw runtimeError(error, file, doing);
    });
    const found = answer[output.tensor];
    const wanted = [windows.length, dims];
    if (!(found?.data instanceof Float32Array) || String(found.dims) !== String(wanted))
      throw new ImportError(
        'GRAPH_MISMATCH',
        `${file}: output ${output.tensor} is ${found?.type} [${found?.dims}] for ${windows.length} windows, not float32 [${wanted}]`,
      );
    return found.data;
  };
}

function assertUsable(vectors: Float32Array, { file, draft }: CheckedGraph): void {
  const { dims, output } = draft;
  const refuse = (problem: string): never => {
    throw new ImportError('GRAPH_MISMATCH', `${file}: output ${output.tensor} ${problem}`);
  };
  const at = vectors.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) refuse(`has ${vectors[at]} as value ${at % dims} of test window ${Math.floor(at / dims)}`);
  const rows = Array.from({ length: BATCH }, (_, i) => vectors.subarray(i * dims, (i + 1) * dims));
  const first = rows[0] as Float32Array;
  const largest = vectors.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isDeaf = rows.every((row) =>
    row.every((value, i) => Math.abs(value - (first[i] ?? 0)) <= LEAST_DIFFERENCE * largest),
  );
  if (isDeaf) refuse('is the same for different sounds');
  const empty = rows.findIndex((row) => row.every((value) => value === 0));
  if (empty >= 0) refuse(`is all zeros for test window ${empty}`);
  const length = Math.hypot(...first);
  if (output.normalised && Math.abs(length - 1) > UNIT_TOLERANCE)
    refuse(`has vectors of length ${length.toPrecision(3)}, though the card says normalised`);
}

/** @returns the largest difference between a batch and its windows one by one, as a part of the largest value */
async function batchDifference(run: Run, windows: readonly Float32Array[], vectors: Float32Array): Promise<number> {
  const dims = vectors.length / windows.length;
  let largest = vectors.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let difference = 0;
  for (const [row, window] of windows.entries()) {
    const alone = await run([window]);
    for (const [i, value] of alone.entries()) {
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - (vectors[row * dims + i] ?? 0)));
    }
  }
  return difference / largest;
}

/** Seconds that a window takes, in batches. */
async function secondsPerWindow(run: Run, windows: readonly Float32Array[]): Promise<number> {
  const started = performance.now();
  let runs = 0;
  do {
    await run(windows);
    runs++;
  } while (performance.now() - started < SPEED_MS && runs < MAX_SPEED_RUNS);
  return (performance.now() - started) / 1000 / (runs * windows.length);
}

async function measure(run: Run, graph: CheckedGraph): Promise<GraphChecks> {
  const { file, draft, precision } = graph;
  const windows = testWindows(draft);
  await run(windows.slice(0, 1));
  const vectors = await run(windows);
  assertUsable(vectors, graph);
  const difference = await batchDifference(run, windows, vectors);
  if (!(difference <= BATCH_TOLERANCE[precision]))
    throw new ImportError(
      'GRAPH_MISMATCH',
      `${file}: a batch of ${BATCH} gives other vectors than its windows one by one (difference ${difference.toExponential(1)} of the largest value, at most ${BATCH_TOLERANCE[precision]}): windows must not influence each other`,
    );
  const seconds = await secondsPerWindow(run, windows);
  const { windowSamples, sampleRateHz } = draft.input;
  return {
    batchDifference: difference,
    windowsPerSecond: 1 / seconds,
    timesRealTime: windowSamples / sampleRateHz / seconds,
  };
}

/**
 * Runs a graph on the CPU: sizes, finite and different answers, a batch equal to its windows one by one, speed.
 * @throws ImportError GRAPH_MISMATCH or GRAPH_UNSUPPORTED naming file and tensor or operator
 */
export async function checkGraph(graph: CheckedGraph): Promise<GraphChecks> {
  const { file, path } = graph;
  const session = await InferenceSession.create(path, { enableCpuMemArena: false, logSeverityLevel: 4 }).catch(
    (error: unknown) => {
      throw runtimeError(error, file, 'opening the graph');
    },
  );
  try {
    return await measure(createRun(session, graph), graph);
  } finally {
    await session.release();
  }
}
