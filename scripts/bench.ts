// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `npm run bench -- NAME [arguments]` runs `<room>/bench/NAME.ts`; without a name it lists what there is. */

const ROOT = join(import.meta.dirname, '..');

interface Bench {
  readonly name: string;
  readonly path: string;
  /** First sentence of the file's opening comment. */
  readonly about: string;
}

function findBenches(): Bench[] {
  return globSync('{*,kibana-assets/*}/bench/*.ts', { cwd: ROOT, exclude: ['node_modules/**'] })
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .map((path) => ({
      name: basename(path, '.ts'),
      path: join(ROOT, path),
      about:
        /\/\*\*\s*\**\s*([^\n*][^\n]*)/.exec(readFileSync(join(ROOT, path), 'utf8'))?.[1]?.replace(/\s*\*\/$/, '') ??
        '',
    }));
}

const [name, ...rest] = process.argv.slice(2);
const benches = findBenches();
const bench = benches.find((candidate) => candidate.name === name);
if (bench) {
  process.exitCode = spawnSync(process.execPath, [bench.path, ...rest], { stdio: 'inherit' }).status ?? 1;
} else {
  if (name !== undefined) process.stderr.write(`There is no benchmark named ${name}.\n`);
  process.stdout.write(`npm run bench -- NAME\n${benches.map((b) => `  ${b.name.padEnd(20)} ${b.about}\n`).join('')}`);
  process.exitCode = name === undefined ? 0 : 2;
}
