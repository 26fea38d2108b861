// SPDX-License-Identifier: Apache-2.0
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;

/** The Python of the clients: `EARSHOT_PYTHON`, else that of the environment `python` in the cache. */
export function pythonPath(): string | undefined {
  const { EARSHOT_PYTHON, EARSHOT_CACHE_DIR = join(ROOT, '.cache') } = process.env;
  return [EARSHOT_PYTHON, join(EARSHOT_CACHE_DIR, 'python/bin/python')].find((path) => path && existsSync(path));
}

/** How to get what {@link missingPythonModule} misses. */
export const PYTHON_REMEDY =
  'python3 -m venv .cache/python && .cache/python/bin/pip install -r inference-service/src/testing/python-clients.txt, or name a Python in EARSHOT_PYTHON';

/** Why a Python module cannot be used here, or false: for `test.skipIf`. */
export function missingPythonModule(module: string): string | false {
  const python = pythonPath();
  if (python === undefined) return `no Python for ${module}: ${PYTHON_REMEDY}`;
  if (spawnSync(python, ['-c', `import ${module}`]).status === 0) return false;
  return `${python} has no ${module}: ${PYTHON_REMEDY}`;
}

/**
 * Runs a Python program beside this file.
 * @returns what it printed
 * @throws Error with its stderr when it fails
 */
export async function runPython(program: string, args: readonly string[]): Promise<string> {
  const path = join(import.meta.dirname, program);
  const { stdout } = await promisify(execFile)(pythonPath() ?? 'python3', [path, ...args], {
    maxBuffer: MOST_OUTPUT_BYTES,
  });
  return stdout;
}
