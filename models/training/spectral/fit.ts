#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { serialiseConstants } from '../../src/build/spaces/spectral/constants-file.ts';
import { SHIPPED_CONSTANTS_FILE } from '../../src/build/spaces/spectral/shipped-constants.ts';
import { fitConstants } from '../../src/fit/spectral/fit-constants.ts';
import { encodeGeneratedSet, GENERATED_SET_FILE } from '../../src/fit/spectral/generated-set.ts';
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
const outputs = [
  { file: SHIPPED_CONSTANTS_FILE, bytes: Buffer.from(serialiseConstants(fitConstants(samples))) },
  { file: GENERATED_SET_FILE, bytes: encodeGeneratedSet(samples) },
];

for (const { file, bytes } of outputs) {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (!options.check) writeFileSync(file, bytes);
  const isEqual = bytes.equals(readFileSync(file));
  console.log(`${isEqual ? 'equal' : 'DIFFERENT'}: ${basename(file)} as fitted has sha256 ${sha256}`);
  if (!isEqual) process.exitCode = 1;
}
if (!options.check) console.log(`graph ${writeSpectralCard().graph.sha256}`);
