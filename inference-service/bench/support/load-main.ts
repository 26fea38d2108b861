// SPDX-License-Identifier: Apache-2.0
import type { LoadJob } from './load-job.ts';
import { runLoad } from './run-load.ts';

/** Program of the load generator's process: one job at a time, by message. */
process.on('message', (job: LoadJob) => {
  void runLoad(job).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
