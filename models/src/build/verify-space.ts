// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Card } from '../card.ts';
import { goldenSignal } from '../golden-signal.ts';
import { InferenceSession, Tensor } from '../onnx-runtime.ts';
import type { Space } from '../registry.ts';

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

function checkBytes(space: Space): Check {
  const { sha256, file } = space.card.graph;
  try {
    const actual = createHash('sha256').update(readFileSync(space.graphPath)).digest('hex');
    const isEqual = actual === sha256;
    const detail = isEqual ? sha256 : `${file} has ${actual}, the card says ${sha256}`;
    return { check: 'sha256 of the graph', ok: isEqual, detail };
  } catch (error) {
    return { check: 'sha256 of the graph', ok: false, detail: error instanceof Error ? error.message : String(error) };
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

/** Holds a space's graph against its card: bytes by their sha256, answers by the golden vectors (on the CPU). */
export async function verifySpace(space: Space): Promise<Check[]> {
  const bytes = checkBytes(space);
  if (!bytes.ok) return [bytes];
  const checks = [bytes];
  try {
    const session = await InferenceSession.create(space.graphPath, { intraOpNumThreads: 1 });
    for (const golden of space.card.golden) checks.push(await checkGolden(session, space.card, golden));
    await session.release();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    checks.push({ check: 'the graph runs', ok: false, detail });
  }
  return checks;
}
