#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FitError } from './fit-error.ts';
import { fitSpace } from './spectral/fit-space.ts';
import { writeStatisticsSpace } from './spectral/statistics-space.ts';

/**
 * `statistics-space --dir DIR` writes the space that a collection is measured with; `spectral --clips DIR …` fits to what
 * was measured. Prints one JSON object a line: `{"event":"step","text"}`, at the end the result or
 * `{"event":"refused","code","message"}` (status 1). Everything else on stderr is a fault.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dir: { type: 'string', default: '' },
    clips: { type: 'string', default: '' },
    'models-dir': { type: 'string', default: '' },
    library: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    weight: { type: 'string' },
    version: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
});

const say = (event: string, fields: object): void => {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
};

// Exit handlers remove what is half made.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

async function fitSpectral(): Promise<void> {
  const started = performance.now();
  const { card, ...fitted } = await fitSpace({
    clipsDir: resolve(values.clips),
    modelsDir: resolve(values['models-dir']),
    library: values.library,
    seed: Number(values.seed),
    ...(values.weight === undefined ? {} : { weight: Number(values.weight) }),
    ...(values.version === undefined ? {} : { version: Number(values.version) }),
    isDryRun: values['dry-run'],
    onStep: (text) => say('step', { text }),
  });
  const { golden: _golden, ...described } = card;
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  say('fitted', { space: card.id, seconds, ...fitted, card: described });
}

try {
  if (positionals[0] === 'statistics-space') {
    const { id } = await writeStatisticsSpace(resolve(values.dir));
    say('statistics-space', { space: id });
  } else await fitSpectral();
} catch (error) {
  if (!(error instanceof FitError)) throw error;
  say('refused', { code: error.code, message: error.message });
  process.exitCode = 1;
}
