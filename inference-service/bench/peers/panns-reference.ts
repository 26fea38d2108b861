// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonProgram } from './python.ts';

export interface PannsPass {
  readonly loadSeconds: number;
  readonly inferSeconds: number;
  /** Embedding of the last file. */
  readonly lastVector: Float32Array;
}

export interface PannsReference {
  /** Version of PyTorch. */
  readonly torch: string;
  /** Loads and embeds files one after the other. */
  embed(paths: readonly string[]): Promise<PannsPass>;
  stop(): void;
}

/** All tensors one after the other, and where each begins, in values. */
function writeWeights(dir: string, weights: Iterable<[string, Float32Array]>): { weights: string; index: string } {
  const paths = { weights: join(dir, 'weights.bin'), index: join(dir, 'index.json') };
  const index: Record<string, [number, number]> = {};
  const file = openSync(paths.weights, 'w');
  let offset = 0;
  for (const [name, values] of weights) {
    writeSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    index[name] = [offset, values.length];
    offset += values.length;
  }
  closeSync(file);
  writeFileSync(paths.index, JSON.stringify(index));
  return paths;
}

function asVector(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** panns_inference in a Python process of its own, with the weights of the graph it is compared with. */
export async function startPannsReference(
  python: string,
  weights: Iterable<[string, Float32Array]>,
  threads: number,
): Promise<PannsReference> {
  const home = mkdtempSync(join(tmpdir(), 'earshot-panns-'));
  const paths = writeWeights(home, weights);
  const child = spawn(
    python,
    [
      pythonProgram('panns_reference.py'),
      '--weights',
      paths.weights,
      '--index',
      paths.index,
      '--threads',
      `${threads}`,
    ],
    { env: { PATH: process.env.PATH, HOME: home, OMP_NUM_THREADS: `${threads}` }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  child.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the panns_inference process ended; its message stands above');
    return value;
  };
  const { ready: torch } = JSON.parse(await nextLine()) as { ready: string };
  return {
    torch,
    embed: async (files) => {
      child.stdin.write(`${JSON.stringify(files)}\n`);
      const answer = JSON.parse(await nextLine()) as Omit<PannsPass, 'lastVector'> & { lastVector: string };
      return { ...answer, lastVector: asVector(answer.lastVector) };
    },
    stop: () => void child.kill(),
  };
}
