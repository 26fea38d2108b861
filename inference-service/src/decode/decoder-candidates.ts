// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { minimalFfmpegPath } from './minimal-ffmpeg.ts';

export interface DecoderCandidate {
  readonly path: string;
  readonly source: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Root of the clone; the default cache lies in it. */
const REPOSITORY_ROOT = join(import.meta.dirname, '../../..');

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The package names a path even where its download never happened: whether a file is there is asked afterwards. */
async function packagedBinary(): Promise<string[]> {
  try {
    const { default: path } = await import('ffmpeg-static');
    return typeof path === 'string' ? [path] : [];
  } catch {
    return [];
  }
}

const onPath = (env: Environment): string[] =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, 'ffmpeg'));

/**
 * Executables to try as decoder, best first. A `FFMPEG_PATH` of the operator's is the only candidate: to use another
 * one instead, silently, would not be what was asked for.
 */
export async function decoderCandidates(env: Environment): Promise<DecoderCandidate[]> {
  const own = env.FFMPEG_PATH;
  if (own !== undefined && own !== '') return [{ path: own, source: 'FFMPEG_PATH' }];
  const found = [
    { path: minimalFfmpegPath(env.EARSHOT_CACHE_DIR ?? join(REPOSITORY_ROOT, '.cache')), source: 'cache' },
    ...(await packagedBinary()).map((path) => ({ path, source: 'ffmpeg-static' })),
    ...onPath(env).map((path) => ({ path, source: 'PATH' })),
  ];
  const executable = found.filter(({ path }) => isExecutable(path));
  const real = executable.map(({ path }) => realpathSync(path));
  return executable.filter((_, i) => real.indexOf(real[i] ?? '') === i);
}
