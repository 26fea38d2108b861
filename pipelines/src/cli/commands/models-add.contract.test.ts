// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInferenceService } from '@earshot/e2e/support';
import { narrowLayout, narrowTensors, writeTensors } from '@earshot/models/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '..', 'main.ts');
let dir: string;
let modelsDir: string;

function earshot(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH ?? '', EARSHOT_MODELS_DIR: modelsDir };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'models', ...args], { env, cwd: dir }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe('earshot models add', () => {
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'earshot-models-add-'));
    modelsDir = join(dir, 'models');
    writeTensors(join(dir, 'narrow.pth'), narrowTensors(narrowLayout('panns-cnn10')), 'legacy');
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  test('takes no file whose sums are not the published ones, and leaves nothing behind', async () => {
    const { code, stderr } = await earshot('add', 'panns-cnn10', '--checkpoint', 'narrow.pth');
    expect(code).toBe(4);
    expect(stderr).toContain('CHECKPOINT_UNVERIFIED');
    expect(stderr).toContain('--accept-unverified');
    expect(existsSync(modelsDir)).toBe(false);
  });

  test('makes a space that verify and service accept, and says so once', async () => {
    const consent = ['add', 'panns-cnn10', '--checkpoint', 'narrow.pth', '--accept-unverified'];
    const first = await earshot(...consent);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/panns-cnn10-1 {2}added in .* 64 dims/);
    expect(first.stdout).toContain('NOT a published file');
    expect(readdirSync(modelsDir).sort()).toEqual(['panns-cnn10-1.json', 'panns-cnn10-1.onnx']);

    const second = await earshot(...consent, '--json');
    const lines = second.stdout.trim().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'step' });
    const added = JSON.parse(lines.at(-1)!);
    expect(added).toMatchObject({ event: 'added', space: 'panns-cnn10-1', isNew: false });

    expect((await earshot('verify', 'panns-cnn10-1')).code).toBe(0);
    expect((await earshot('show', 'panns-cnn10-1')).stdout).toContain('narrow.pth, sha256');
    const service = await startInferenceService({ env: { EARSHOT_MODELS_DIR: modelsDir, EARSHOT_EP: 'cpu' } });
    try {
      const { spaces } = (await (await fetch(`${service.url}/info`)).json()) as { spaces: { id: string }[] };
      expect(spaces).toContainEqual(expect.objectContaining({ id: 'panns-cnn10-1', fingerprint: added.fingerprint }));
    } finally {
      await service.stop();
    }
  });

  test('names what is wrong with a file, and where', async () => {
    writeFileSync(join(dir, 'hostile.pth'), Buffer.from('gAKKCmz8nEb5IGqoUBkuAA==', 'base64'));
    const broken = await earshot('add', 'panns-cnn14', '--checkpoint', 'hostile.pth', '--accept-unverified', '--json');
    expect(broken.code).toBe(2);
    expect(JSON.parse(broken.stdout.trim().split('\n').at(-1)!).error).toMatchObject({
      code: 'CHECKPOINT_INVALID',
      message: expect.stringContaining('hostile.pth'),
    });
    expect((await earshot('add', 'panns-cnn14', '--checkpoint', 'none.pth')).stderr).toContain('CHECKPOINT_UNREADABLE');
    expect((await earshot('add', 'panns-cnn14', '--checkpoint', 'none.pth', '--as-version', 'x')).code).toBe(2);
    const wrongOption = await earshot('add', 'yamnet', '--checkpoint', 'narrow.pth');
    expect([wrongOption.code, wrongOption.stderr]).toEqual([2, expect.stringContaining('--tflite FILE')]);
    expect((await earshot('add', 'resnet', '--checkpoint', 'none.pth')).code).toBe(2);
  });
});
