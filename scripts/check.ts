// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY_ROOT, runTool } from '@earshot/e2e/support';

/**
 * `npm run check`: everything that needs no server, a few steps at a time; a table of results, then what failed in full.
 * With `--untested` without the tests among it, for a run that goes on with `npm test`.
 */

interface Step {
  readonly name: string;
  /** Script of an installed package, and its arguments. */
  readonly command: readonly string[];
}

interface Outcome {
  readonly name: string;
  readonly isFine: boolean;
  readonly seconds: number;
  readonly output: string;
}

const WEB = 'kibana-assets/search-panel/web/tsconfig.json';

const TESTS: Step = {
  name: 'unit and architecture tests',
  command: ['vitest/vitest.mjs', 'run', '--project', 'unit', '--project', 'panel'],
};

/** The longest first: the whole takes hardly longer than that one. */
const STEPS: readonly Step[] = [
  ...(process.argv.includes('--untested') ? [] : [TESTS]),
  { name: 'types', command: ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the panel', command: ['typescript/bin/tsc', '--noEmit', '-p', WEB] },
  { name: 'format and lint', command: ['@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'dead code', command: ['knip/bin/knip.js'] },
  { name: 'duplicates', command: ['jscpd/bin/jscpd', '.'] },
];

async function runStep({ name, command }: Step): Promise<Outcome> {
  const startedAt = Date.now();
  const [script = '', ...args] = command;
  const { code, output } = await runTool(process.execPath, [join(REPOSITORY_ROOT, 'node_modules', script), ...args], {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, NO_COLOR: '1', CI: '1' },
  });
  const outcome = { name, isFine: code === 0, seconds: (Date.now() - startedAt) / 1000, output };
  console.log(`${outcome.isFine ? '✓' : '✗'} ${name.padEnd(30)} ${outcome.seconds.toFixed(1).padStart(6)} s`);
  return outcome;
}

async function runAll(steps: readonly Step[]): Promise<Outcome[]> {
  const queue = [...steps];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step; step = queue.shift()) outcomes.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  return outcomes;
}

const startedAt = Date.now();
const failed = (await runAll(STEPS)).filter(({ isFine }) => !isFine);
for (const { name, output } of failed) console.log(`\n── ${name} ──\n${output.trimEnd()}`);
console.log(
  `\n${STEPS.length - failed.length} of ${STEPS.length} checks passed in ${Math.round((Date.now() - startedAt) / 1000)} s`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
