#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { serialiseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { SHIPPED_CONSTANTS_FILE } from '../../src/build/spaces/spectral/shipped-constants.ts';
import { fitConstants } from '../../src/fit/spectral/fit-constants.ts';
import { collectStatistics } from './collect-statistics.ts';
import { FIT_PLAN } from './fit-plan.ts';
import { writeSpectralCard } from './write-card.ts';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});

const samples = await collectStatistics({
  parts: FIT_PLAN,
  threads: Number(options.threads),
  onPart: (finished) => process.stderr.write(`\r${finished}/${FIT_PLAN.length} parts of the corpus`),
});
process.stderr.write(`\n${samples.length} clips; discriminants …\n`);
const text = serialiseConstants(fitConstants(samples));
const sha256 = createHash('sha256').update(text).digest('hex');

if (options.check) {
  const isEqual = text === readFileSync(SHIPPED_CONSTANTS_FILE, 'utf8');
  console.log(`${isEqual ? 'equal' : 'DIFFERENT'}: fitted constants have sha256 ${sha256}`);
  process.exitCode = isEqual ? 0 : 1;
} else {
  writeFileSync(SHIPPED_CONSTANTS_FILE, text);
  const card = writeSpectralCard();
  console.log(`constants ${sha256}\ngraph     ${card.graph.sha256}`);
}
