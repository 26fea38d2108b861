// SPDX-License-Identifier: Apache-2.0
import { parseCLI, startVitest } from 'vitest/node';
import { createPhaseReporter, formatTimes } from './phase-reporter.ts';
import { refuseUsedCluster } from './refuse-used-cluster.ts';
import { createSummaryReporter, formatSummary } from './summary-reporter.ts';

/**
 * `npm test [-- vitest arguments]`: every test that this machine can run. The last line is
 * `N passed, N failed, N skipped`, before it where the time went; exit 1 when something failed, or when nothing ran at all.
 */

const refusal = await refuseUsedCluster(process.env);
if (refusal) {
  console.error(refusal);
  process.exit(4);
}
const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);
const reporter = createSummaryReporter();
const phases = createPhaseReporter();
const vitest = await startVitest(filter, {
  ...options,
  run: true,
  watch: false,
  reporters: ['default', reporter, phases],
});
await vitest.close();
const summary = reporter.summary();
// Last words only when everything before them is out.
process.stdout.write(`\n${formatTimes(phases.times())}\n${formatSummary(summary)}\n`, () =>
  process.exit(summary.failed > 0 || summary.passed === 0 ? 1 : 0),
);
