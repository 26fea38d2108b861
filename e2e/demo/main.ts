// SPDX-License-Identifier: Apache-2.0
import { DEMO_USAGE, DemoUsageError, readDemoOptions } from './demo-options.ts';
import { runDemo } from './run-demo.ts';
import { StepFailed } from './step-failed.ts';

/** Entry of `npm run demo`, after the bootstrap has brought what the machine lacked. */
async function main(): Promise<number> {
  const options = readDemoOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${DEMO_USAGE}\n`);
    return 0;
  }
  return runDemo(options);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (error instanceof DemoUsageError) {
    process.stderr.write(`${error.message}\n\n${DEMO_USAGE}\n`);
    process.exitCode = 2;
  } else if (error instanceof StepFailed) {
    process.stderr.write(`\n${error.message}\n  → ${error.remedy}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
