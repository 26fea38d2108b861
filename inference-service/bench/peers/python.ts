// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../python', import.meta.url));

/** Absolute path of one of our Python programs. */
export const pythonProgram = (name: string): string => `${FOLDER}/${name}`;

/**
 * The interpreter of `EARSHOT_PYTHON`, if it has the modules.
 * @returns undefined after saying on stderr how to get there
 */
export function findPython(modules: readonly string[]): string | undefined {
  const python = process.env.EARSHOT_PYTHON;
  if (python && spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0)
    return python;
  const reason = python ? `${python} lacks one of ${modules.join(', ')}` : 'EARSHOT_PYTHON is not set';
  process.stderr.write(
    `Skipped: ${reason}.\n  → python3 -m venv .cache/venv-bench\n    .cache/venv-bench/bin/pip install -r inference-service/bench/python/requirements.txt\n    EARSHOT_PYTHON=.cache/venv-bench/bin/python npm run bench -- peers\n`,
  );
  return undefined;
}
