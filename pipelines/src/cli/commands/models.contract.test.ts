// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSpaces } from '@earshot/models/registry';
import { writeMelodySpace } from '@earshot/models/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
const { card, graphPath, fingerprint } = loadSpaces().get('spectral-1')!;
let modelsDir: string;

function earshot(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH ?? '', EARSHOT_MODELS_DIR: modelsDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'models', ...args], { env, cwd: modelsDir }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** A space of the user's own: the shipped graph under another id, its card changed as told. */
function addSpace(id: string, change: Partial<typeof card>): void {
  copyFileSync(graphPath, join(modelsDir, card.graph.file));
  writeFileSync(join(modelsDir, `${id}.json`), JSON.stringify({ ...card, id, ...change }));
}

describe('earshot models', () => {
  beforeAll(() => {
    modelsDir = mkdtempSync(join(tmpdir(), 'earshot-models-'));
    addSpace('altered-1', { graph: { ...card.graph, sha256: 'ab'.repeat(32) } });
    const mirrored = card.golden.map((golden) => ({ ...golden, embedding: golden.embedding.toReversed() }));
    addSpace('strange-1', { golden: mirrored });
  });
  afterAll(() => {
    rmSync(modelsDir, { recursive: true });
  });

  test('list names shipped and own spaces with their fingerprints', async () => {
    const { code, stdout } = await earshot('list', '--json');
    expect(code).toBe(0);
    const { spaces } = JSON.parse(stdout);
    expect(spaces.map((space: { id: string }) => space.id)).toEqual([...loadSpaces().keys(), 'altered-1', 'strange-1']);
    expect(spaces.find((space: { id: string }) => space.id === 'spectral-1')).toMatchObject({
      dims: 48,
      sampleRateHz: 32000,
      windowSeconds: 5,
      fingerprint,
    });
  });

  test('show prints the card', async () => {
    const { code, stdout } = await earshot('show', 'spectral-1');
    expect(code).toBe(0);
    expect(stdout).toContain(card.graph.sha256);
    expect(stdout).toContain('48 dims, cosine, unit length');
  });

  test('an unknown space is refused with the names that are known', async () => {
    const { code, stderr } = await earshot('show', 'nothing-1');
    expect(code).toBe(2);
    expect(stderr).toContain('SPACE_UNKNOWN');
    expect(stderr).toContain('spectral-1');
  });

  test('verify runs the golden signals through the graph', async () => {
    const { code, stdout } = await earshot('verify', 'spectral-1', '--json');
    expect(code).toBe(0);
    const verdict = JSON.parse(stdout);
    expect(verdict).toMatchObject({ space: 'spectral-1', ok: true });
    expect(verdict.checks).toHaveLength(1 + card.golden.length);
  });

  test('a space of melodies is shown and verified with both graphs, and stays as it is', async () => {
    const melody = await writeMelodySpace(modelsDir);
    const shown = await earshot('show', 'tune-1');
    expect(shown.stdout).toContain(melody.melody!.encoder.graph.sha256);
    expect(shown.stdout).toContain('100 %, 85 %, 72 %, 60 % of at most 30 s');
    const { code, stdout } = await earshot('verify', 'tune-1', '--json');
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, ok: true });
    expect(JSON.parse(stdout).checks.map(({ check }: { check: string }) => check)).toEqual([
      'sha256 of the graph',
      'sha256 of the contour graph',
      'golden vector hummed-tune',
    ]);
    const quantised = await earshot('quantise', 'tune-1', '--calibration', modelsDir);
    expect(quantised.code).toBe(2);
    expect(quantised.stderr).toContain('GRAPH_UNSUITABLE');
    expect((await earshot('remove', 'tune-1', '--yes')).code).toBe(0);
    expect(readdirSync(modelsDir).filter((name) => name.startsWith('tune-1'))).toEqual([]);
  });

  test('verify refuses a graph whose bytes are not those of its card, and does not run it', async () => {
    const { code, stdout } = await earshot('verify', 'altered-1', '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout).checks).toEqual([
      expect.objectContaining({ check: 'sha256 of the graph', ok: false, detail: expect.stringContaining('abab') }),
    ]);
  });

  test('verify refuses a graph that answers otherwise than its card says', async () => {
    const { code, stdout } = await earshot('verify', 'strange-1');
    expect(code).toBe(4);
    expect(stdout).toContain('FAILED');
  });

  test('verify says what is missing when the graph file is gone', async () => {
    const text = readFileSync(join(modelsDir, 'strange-1.json'), 'utf8');
    const lost = { ...JSON.parse(text), id: 'lost-1', graph: { ...card.graph, file: 'lost-1.onnx' } };
    writeFileSync(join(modelsDir, 'lost-1.json'), JSON.stringify(lost));
    const { code, stdout } = await earshot('verify', 'lost-1', '--json');
    expect(code).toBe(4);
    expect(JSON.parse(stdout).checks[0].detail).toContain('lost-1.onnx');
  });
});
