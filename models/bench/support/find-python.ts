// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';

/**
 * The interpreter of `EARSHOT_PYTHON`, if it has the modules.
 * @returns undefined after saying on stderr how to get there
 */
export function findPython(modules: readonly string[], bench: string): string | undefined {
  const python = process.env.EARSHOT_PYTHON;
  if (python && spawnSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' }).status === 0)
    return python;
  const venv = '.cache/venv-bench';
  process.stderr.write(
    [
      `Skipped: ${python ? `${python} lacks one of ${modules.join(', ')}` : 'EARSHOT_PYTHON is not set'}.`,
      `  → python3 -m venv ${venv} && ${venv}/bin/pip install -r models/bench/python/requirements.txt`,
      `    EARSHOT_PYTHON=${venv}/bin/python npm run bench -- ${bench}`,
      '',
    ].join('\n'),
  );
  return undefined;
}
