// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Card } from '../card.ts';
import { goldenSignal } from '../golden-signal.ts';
import { contourOfBlock } from '../melody/contour-of-block.ts';
import { InferenceSession, Tensor } from '../onnx-runtime.ts';
import { type Space, type SpaceFile, spaceFiles } from '../registry.ts';
import { openTextSession } from '../text/text-session.ts';

export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

type Vector = ArrayLike<number>;

function cosine(a: Vector, b: Vector): number {
  let [product, normA, normB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    product += x * y;
    normA += x * x;
    normB += y * y;
  }
  return product / Math.sqrt(normA * normB);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function checkBytes({ path, sha256, what }: SpaceFile): Promise<Check> {
  const check = `sha256 of the ${what}`;
  try {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
    const actual = hash.digest('hex');
    const isEqual = actual === sha256;
    return {
      check,
      ok: isEqual,
      detail: isEqual ? sha256 : `${basename(path)} has ${actual}, the card says ${sha256}`,
    };
  } catch (error) {
    return { check, ok: false, detail: messageOf(error) };
  }
}

/** The first output named, of one row. */
async function runRow(
  session: InferenceSession,
  [input, values]: readonly [string, Float32Array],
  output: string,
): Promise<Float32Array> {
  const answer = await session.run({ [input]: new Tensor('float32', values, [1, values.length]) }, [output]);
  return answer[output]?.data as Float32Array;
}

interface Sessions {
  readonly graph: InferenceSession;
  /** Where the card has contours. */
  readonly encoder: InferenceSession | undefined;
}

/** One window → its vector, by way of its contour where the card has one. */
async function embedWindow({ graph, encoder }: Sessions, card: Card, window: Float32Array): Promise<Float32Array> {
  const { input, output, melody } = card;
  if (!melody || !encoder) return runRow(graph, [input.tensor, window], output.tensor);
  const rows = await runRow(graph, [input.tensor, window], melody.frames.tensor);
  const expected = melody.frames.perWindow * melody.frames.channels;
  if (rows.length !== expected) throw new Error(`${melody.frames.tensor} has ${rows.length} values, not ${expected}`);
  const contour = contourOfBlock(rows, melody);
  if (!contour) throw new Error('no melody is heard in it');
  return runRow(encoder, [melody.encoder.input, contour], output.tensor);
}

async function checkGolden(sessions: Sessions, card: Card, golden: Card['golden'][number]): Promise<Check> {
  const { sampleRateHz, windowSamples } = card.input;
  const samples = goldenSignal(golden.signal, sampleRateHz, windowSamples);
  const vector = await embedWindow(sessions, card, samples);
  const check = `golden vector ${golden.signal}`;
  if (vector.length !== card.dims) return { check, ok: false, detail: `${vector.length} dims, not ${card.dims}` };
  const similarity = cosine(vector, golden.embedding);
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  const isUnit = !card.output.normalised || Math.abs(norm - 1) < 1e-3;
  const detail = `cosine ${similarity.toFixed(6)} (at least ${golden.minCosine}), length ${norm.toFixed(4)}`;
  return { check, ok: similarity >= golden.minCosine && isUnit, detail };
}

async function checkSignals({ card, graphPath, encoderPath }: Space): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const open = (path: string): Promise<InferenceSession> => InferenceSession.create(path, { intraOpNumThreads: 1 });
    const sessions = { graph: await open(graphPath), encoder: encoderPath ? await open(encoderPath) : undefined };
    for (const golden of card.golden) checks.push(await checkGolden(sessions, card, golden));
    await sessions.graph.release();
    await sessions.encoder?.release();
  } catch (error) {
    const check = encoderPath ? 'the graphs run' : 'the graph runs';
    checks.push({ check, ok: false, detail: messageOf(error) });
  }
  return checks;
}

async function checkTexts({ card: { dims, text }, textPaths }: Space): Promise<Check[]> {
  if (!text || !textPaths) return [];
  const checks: Check[] = [];
  try {
    const files = { graph: textPaths.graph, tokenizer: readFileSync(textPaths.tokenizer) };
    const session = await openTextSession({ dims, text }, files, { intraOpNumThreads: 1 });
    for (const golden of text.golden) {
      const similarity = cosine((await session.run([golden.text])).vectors, golden.embedding);
      const detail = `cosine ${similarity.toFixed(6)} (at least ${golden.minCosine})`;
      checks.push({ check: `golden text "${golden.text}"`, ok: similarity >= golden.minCosine, detail });
    }
    await session.release();
  } catch (error) {
    checks.push({ check: 'the text graph runs', ok: false, detail: messageOf(error) });
  }
  return checks;
}

/** Holds a space's graphs against its card: bytes by their sha256, answers by the golden vectors (on the CPU). */
export async function verifySpace(space: Space): Promise<Check[]> {
  const bytes: Check[] = [];
  for (const file of spaceFiles(space)) bytes.push(await checkBytes(file));
  if (bytes.some(({ ok }) => !ok)) return bytes;
  return [...bytes, ...(await checkSignals(space)), ...(await checkTexts(space))];
}
