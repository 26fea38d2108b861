#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addsProductsExactly } from './processor.ts';
import { QuantiseError } from './quantise-error.ts';
import { quantiseSpace } from './quantise-space.ts';

/**
 * Prints one JSON object a line: `{"event":"step","text"}`, at the end `{"event":"quantised",…}` (without a fingerprint
 * when the judgement speaks against the space) or `{"event":"refused","code","message"}` (status 1). Everything else on
 * stderr is a fault.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'models-dir': { type: 'string' },
    calibration: { type: 'string' },
    'window-program': { type: 'string' },
    'weight-bits': { type: 'string' },
    'no-labels': { type: 'boolean', default: false },
    'accept-loss': { type: 'boolean', default: false },
  },
});

const say = (event: string, fields: object): void => {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
};

// Exit handlers remove what is half made.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

/** As asked for, else as many as this processor computes exactly. */
function weightBits(asked: string | undefined): 7 | 8 {
  if (asked !== undefined) return asked === '7' ? 7 : 8;
  return addsProductsExactly() ? 8 : 7;
}

const started = performance.now();
try {
  const made = await quantiseSpace({
    id: positionals[0] ?? '',
    modelsDir: resolve(values['models-dir'] ?? ''),
    calibrationDir: resolve(values.calibration ?? ''),
    windowProgram: values['window-program'] ?? '',
    weightBits: weightBits(values['weight-bits']),
    threads: availableParallelism(),
    areFoldersLabels: !values['no-labels'],
    acceptLoss: values['accept-loss'],
    onStep: (text) => say('step', { text }),
  });
  const { report, fingerprint = null, isNew } = made;
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  say('quantised', { space: report.space, isNew, fingerprint, seconds, report });
} catch (error) {
  if (!(error instanceof QuantiseError)) throw error;
  say('refused', { code: error.code, message: error.message });
  process.exitCode = 1;
}
