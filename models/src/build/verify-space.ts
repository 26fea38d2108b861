// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Card } from '../card.ts';
import { goldenSignal } from '../golden-signal.ts';
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

async function checkGolden(session: InferenceSession, card: Card, golden: Card['golden'][number]): Promise<Check> {
  const { tensor, sampleRateHz, windowSamples } = card.input;
  const samples = goldenSignal(golden.signal, sampleRateHz, windowSamples);
  const answer = await session.run({ [tensor]: new Tensor('float32', samples, [1, windowSamples]) });
  const vector = answer[card.output.tensor]?.data as Float32Array;
  const check = `golden vector ${golden.signal}`;
  if (vector.length !== card.dims) return { check, ok: false, detail: `${vector.length} dims, not ${card.dims}` };
  const similarity = cosine(vector, golden.embedding);
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  const isUnit = !card.output.normalised || Math.abs(norm - 1) < 1e-3;
  const detail = `cosine ${similarity.toFixed(6)} (at least ${golden.minCosine}), length ${norm.toFixed(4)}`;
  return { check, ok: similarity >= golden.minCosine && isUnit, detail };
}

async function checkSignals({ card, graphPath }: Space): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const session = await InferenceSession.create(graphPath, { intraOpNumThreads: 1 });
    for (const golden of card.golden) checks.push(await checkGolden(session, card, golden));
    await session.release();
  } catch (error) {
    checks.push({ check: 'the graph runs', ok: false, detail: messageOf(error) });
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
