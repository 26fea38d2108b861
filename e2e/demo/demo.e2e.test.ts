// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  cleanEnvironment,
  makeTempDir,
  REPOSITORY_ROOT,
  type ResolvedElasticsearch,
  startElasticsearch,
  whyNoElasticsearch,
} from '@earshot/e2e/support';
import { demoLibrary, wavFile } from '@earshot/synthesis/library';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const reason = whyNoElasticsearch();
const MAIN = join(REPOSITORY_ROOT, 'e2e/demo/main.ts');

let elasticsearch: ResolvedElasticsearch;
let audio: string;

/** Four bird and four organ recordings, as a user's folder may look. */
function writeFolder(): string {
  const dir = join(makeTempDir('demo-audio'), 'My Sounds');
  mkdirSync(dir);
  const clips = demoLibrary().filter((clip) => /bird-0[1-4]|organ/.test(clip.fileName));
  for (const clip of clips.slice(-8)) {
    writeFileSync(join(dir, `${clip.title}.wav`), wavFile(clip.render(), clip.tags));
  }
  writeFileSync(join(dir, 'broken.wav'), 'this is no sound');
  return dir;
}

function demo(...args: string[]): { child: ChildProcess; output: () => string; ended: Promise<number | null> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: cleanEnvironment({ ...elasticsearch.env, EARSHOT_INFERENCE_PORT: '0', EARSHOT_PANEL_PORT: '0' }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text, ended: new Promise((resolve) => child.once('close', resolve)) };
}

describe.skipIf(reason)(`the demo on a folder of one's own${reason ? ` (skipped: ${reason})` : ''}`, () => {
  beforeAll(async () => {
    elasticsearch = await startElasticsearch();
    audio = writeFolder();
  });
  afterAll(() => elasticsearch?.stop());

  test('indexes it, names the broken file, and answers three queries, each with itself first', async () => {
    const run = demo('--audio', audio, '--exit');
    expect([await run.ended, run.output()]).toEqual([0, expect.stringContaining('ready for Dev Tools')]);
    const [header, ...answers] = run.output().split('▸ What sounds like ');
    expect(header).toContain('broken.wav');
    expect(answers).toHaveLength(3);
    for (const answer of answers) {
      const title = answer.slice(0, answer.indexOf('.wav'));
      const first = answer.split('\n').find((line) => line.startsWith('│ 1 │')) ?? '';
      expect(first.split('│').map((cell) => cell.trim())).toEqual(
        expect.arrayContaining([expect.stringMatching(/ 1\.000$/), title]),
      );
    }
    expect(run.output()).toMatch(/POST \/earshot-demo-my-sounds-[0-9a-f]{6}-spectral-1\/_search/);
  });

  test('embeds nothing a second time, stays up with the panel, and Ctrl-C stops every part', async () => {
    const run = demo('--audio', audio);
    await expect.poll(run.output, { timeout: 120_000 }).toContain('Ctrl-C stops everything');
    expect(run.output()).toMatch(/│ 9\s+│ 0\s+│ 0\s+│ 8\s+│ 0\s+│ 1\s+│ 0\s+│/);
    const panel = /The search panel: (http:\S+)/.exec(run.output())?.[1] ?? '';
    const inference = /EARSHOT_INFERENCE_URL='([^']+)'/.exec(run.output())?.[1] ?? '';
    expect((await fetch(`${panel}/api/status`)).status).toBe(200);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    for (const url of [panel, inference]) await expect(fetch(url)).rejects.toThrow();
  });

  test('an unknown option and a missing folder are explained, with status 2', async () => {
    const run = demo('--audio', '/no/such/folder');
    expect(await run.ended).toBe(2);
    expect(run.output()).toContain('there is no such folder');
  });
});
