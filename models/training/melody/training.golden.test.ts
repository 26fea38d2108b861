// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { holdPitch } from '../../src/melody/contour.ts';
import { SHIPPED_CARDS_DIR } from '../../src/registry.ts';
import { writeMelodyCard } from './write-card.ts';

const PYTHON = process.env.EARSHOT_TRAINING_PYTHON;
const MODULES = 'torch, scipy, onnx, onnxruntime';

function whyNot(): string | undefined {
  if (!PYTHON) return 'EARSHOT_TRAINING_PYTHON is not set';
  const { status } = spawnSync(PYTHON, ['-c', `import ${MODULES}`], { stdio: 'ignore' });
  return status === 0 ? undefined : `${PYTHON} lacks one of ${MODULES}`;
}

const reason = whyNot();

function python(args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(PYTHON ?? '', ['-W', 'ignore', ...args], {
    cwd: import.meta.dirname,
    input,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(stderr.split('\n').slice(-20).join('\n'));
  return stdout;
}

/** Reproducible draws, 0…1. */
function drawer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A line that moves by steps, with gaps and stray frames; the same on every machine. */
function track(frames: number): number[] {
  const next = drawer(7);
  let pitch = 60;
  return Array.from({ length: frames }, (_, frame) => {
    if (frame % 12 === 0) pitch += Math.round(next() * 8 - 4);
    return next() < 0.15 ? Number.NaN : Math.round((pitch + next() * 0.5) * 4) / 4;
  });
}

interface Report {
  readonly gate_loss: readonly [number, number];
  readonly encoder_loss: readonly [number, number];
  readonly dense_loss: readonly [number, number];
  readonly differences: {
    readonly voiced: number;
    readonly frames_with_equal_pitch: number;
    readonly embedding: number;
  };
}

describe.skipIf(reason)(`training of melody-1${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('runs small: losses fall, and the exported graphs are the networks', { timeout: 300_000 }, async () => {
    const out = mkdtempSync(join(tmpdir(), 'melody-'));
    try {
      const lines = python(['train.py', '--small', '--workers', '1', '--out', out]).trim().split('\n');
      const { gate_loss, encoder_loss, dense_loss, differences } = JSON.parse(lines.at(-1) ?? '') as Report;
      expect(gate_loss[1]).toBeLessThan(0.8 * gate_loss[0]);
      expect(encoder_loss[1]).toBeLessThan(0.6 * encoder_loss[0]);
      expect(dense_loss[1]).toBeLessThan(dense_loss[0]);
      expect(differences.frames_with_equal_pitch).toBeGreaterThan(0.995);
      expect(differences.voiced).toBeLessThan(1e-3);
      expect(differences.embedding).toBeLessThan(2e-3);
      const card = await writeMelodyCard(out);
      expect(card.golden[0]?.embedding).toHaveLength(card.dims);
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  test('makes contours as the product does', () => {
    const tracks = [60, 97, 250, 600].map(track);
    const code = `
import json, sys
import numpy as np
import contour
print(json.dumps([contour.contour_of(np.array(t, float)).tolist() for t in json.load(sys.stdin)]))`;
    const theirs = JSON.parse(python(['-c', code], JSON.stringify(tracks).replaceAll('null', 'NaN'))) as number[][];
    for (const [index, values] of tracks.entries()) {
      const ours = holdPitch(Float32Array.from(values)).contour({ from: 0, to: values.length }, 128);
      for (const [point, value] of (theirs[index] ?? []).entries()) expect(ours?.[point]).toBeCloseTo(value, 3);
    }
  });

  test('hums to rank with are heard by the shipped graph', () => {
    const out = mkdtempSync(join(tmpdir(), 'melody-'));
    try {
      const file = join(out, 'hums.jsonl');
      python(['hums_to_rank.py', '--graph', join(SHIPPED_CARDS_DIR, 'melody-1.onnx'), '--out', file, '--count', '8']);
      const lines = readFileSync(file, 'utf8').trim().split('\n');
      expect(lines).toHaveLength(8);
      const heard = lines.map((line) => (JSON.parse(line) as { pitch: (number | null)[] }).pitch);
      expect(new Set(heard.map((pitch) => pitch.length))).toEqual(new Set([250]));
      const voiced = heard.flat().filter((pitch) => pitch !== null).length / heard.flat().length;
      expect(voiced).toBeGreaterThan(0.4);
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  test('the fit of the rerank finds the weights that choices were made with', () => {
    const out = mkdtempSync(join(tmpdir(), 'melody-'));
    const weights = [8, -1, -3, -0.8];
    const next = drawer(11);
    const choices = Array.from({ length: 3000 }, () => {
      const options = Array.from({ length: 8 }, () => weights.map(() => next()));
      const scores = options.map((option) => {
        const score = option.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0);
        return score - Math.log(-Math.log(next() + 1e-12));
      });
      return { options, chosen: scores.indexOf(Math.max(...scores)) };
    });
    try {
      const file = join(out, 'choices.jsonl');
      writeFileSync(file, choices.map((choice) => `${JSON.stringify(choice)}\n`).join(''));
      const found = /similarity: (\S+), parts: (\S+), tempo: (\S+)$/.exec(python(['fit_rank.py', file]).trim());
      const [similarity, parts, tempo] = (found ?? []).slice(1).map(Number);
      expect(similarity).toBeCloseTo(2, 0);
      expect(Math.abs((parts ?? 0) - 0.75)).toBeLessThan(0.08);
      expect(Math.abs((tempo ?? 0) - 0.2)).toBeLessThan(0.08);
    } finally {
      rmSync(out, { recursive: true });
    }
  });
});
