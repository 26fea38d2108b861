// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { writeDemoLibrary } from '@earshot/synthesis/library';
import { demoDir } from './start-parts.ts';

/** The folder to index: the user's, or the built-in library, rendered once and kept. */
export async function prepareAudio(audioDir: string | undefined, signal: AbortSignal): Promise<string> {
  if (audioDir !== undefined) return audioDir;
  const dir = join(demoDir(), 'library');
  await writeDemoLibrary(dir, { signal });
  return dir;
}
