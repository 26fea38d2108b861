// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { writeDemoLibrary } from '@earshot/synthesis/library';
import { findEncoder } from './find-encoder.ts';
import { demoDir } from './start-parts.ts';

const REDRAW_EVERY = 10;

function showProgress(done: number, total: number): void {
  if (process.stdout.isTTY) process.stdout.write(`\r  ${done} of ${total} clips rendered${done === total ? '\n' : ''}`);
  else if (done % (REDRAW_EVERY * 6) === 0 || done === total)
    process.stdout.write(`  ${done} of ${total} clips rendered\n`);
}

/** The folder to index: the user's, or the built-in library, rendered once and kept. */
export async function prepareAudio(audioDir: string | undefined, signal: AbortSignal): Promise<string> {
  if (audioDir !== undefined) return audioDir;
  const dir = join(demoDir(), 'library');
  const onProgress = (done: number, total: number): void => {
    if (done % REDRAW_EVERY === 0 || done === total) showProgress(done, total);
  };
  await writeDemoLibrary(dir, { encoder: findEncoder(), onProgress, signal });
  return dir;
}
