// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** Absolute path of the user's own recordings; without it the built-in library. */
  readonly audioDir: string | undefined;
  /** Library name, one for each folder of recordings. */
  readonly library: string;
  /** Stop after the answers. */
  readonly isExiting: boolean;
}

export class DemoUsageError extends Error {}

export const DEMO_USAGE = [
  'npm run demo -- [--audio DIR] [--exit]',
  '',
  '  --audio DIR   search your own recordings instead of the built-in library',
  '  --exit        stop after the three answers',
].join('\n');

/** `demo` for the built-in library, else the folder's name and a mark of its path: each folder gets a library of its own. */
export function libraryNameOf(audioDir: string | undefined): string {
  if (audioDir === undefined) return 'demo';
  const slug = basename(audioDir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const mark = createHash('sha256').update(audioDir).digest('hex').slice(0, 6);
  return ['demo', slug, mark].filter((part) => part !== '').join('-');
}

function checkFolder(path: string): string {
  const dir = resolve(process.env.INIT_CWD ?? '.', path);
  if (!existsSync(dir)) throw new DemoUsageError(`--audio ${path}: there is no such folder`);
  if (!statSync(dir).isDirectory()) throw new DemoUsageError(`--audio ${path} is a file; name the folder it lies in`);
  return dir;
}

/** @throws DemoUsageError with a sentence for the user */
export function readDemoOptions(args: readonly string[]): DemoOptions | 'help' {
  let values: { audio?: string; exit?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { audio: { type: 'string' }, exit: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }));
  } catch (error) {
    throw new DemoUsageError(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return 'help';
  const audioDir = values.audio === undefined ? undefined : checkFolder(values.audio);
  return { audioDir, library: libraryNameOf(audioDir), isExiting: values.exit === true };
}
