// SPDX-License-Identifier: Apache-2.0

/**
 * Good and bad requests on all routes, eight at a time: memory of the service over thousands of them.
 * `npm run bench -- soak [requests] [seed]` (default 2000 1); memory is level when the last quarter's mean is at most 1.10 times
 * that of the second quarter.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '@earshot/e2e/support';
import { afterEffects } from '../src/testing/fuzz/after-effects.ts';
import { startFuzzedService } from '../src/testing/fuzz/fuzz-service.ts';
import { makeMixedRequest } from '../src/testing/fuzz/make-request.ts';
import { openDescriptors, residentMb } from '../src/testing/fuzz/process-watch.ts';
import { runRequests } from '../src/testing/fuzz/run-requests.ts';

const CONCURRENCY = 8;
const REPORT_EVERY = 200;
const SAMPLE_EVERY = 10;
const MOST_GROWTH = 1.1;
const count = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? 1);

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Last quarter's mean over the second quarter's: the first one is warming up. */
function growthOf(samples: readonly number[]): number {
  const quarter = Math.floor(samples.length / 4);
  return mean(samples.slice(-quarter)) / mean(samples.slice(quarter, 2 * quarter));
}

const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-soak-'));
console.log(`${describeMachine()}, seed ${seed}`);
const service = await startFuzzedService(modelsDir);
try {
  const pid = service.process.pid ?? 0;
  const hostPid = (await service.info()).host?.pid ?? 0;
  const descriptors = openDescriptors(pid);
  const samples: { readonly http: number; readonly host: number }[] = [];
  const { counts, failures, seconds } = await runRequests(service, {
    count,
    concurrency: CONCURRENCY,
    make: (index) => makeMixedRequest(seed, index),
    onDone: (done) => {
      if (done % SAMPLE_EVERY === 0) samples.push({ http: residentMb(pid), host: residentMb(hostPid) });
      const last = samples.at(-1);
      if (done % REPORT_EVERY === 0 && last)
        console.log(`${done} requests: HTTP ${last.http.toFixed(0)} MB, host ${last.host.toFixed(0)} MB`);
    },
  });
  const good = [...(counts.get('good') ?? [])].map(([label, number]) => `${label}: ${number}`).join(', ');
  console.log(`${count} requests in ${seconds.toFixed(1)} s; good ones ${good}; ${failures.length} failures`);
  for (const { index, kind, fault } of failures.slice(0, 20)) console.log(`FAILURE ${index} ${kind}: ${fault}`);
  const growth = { http: growthOf(samples.map(({ http }) => http)), host: growthOf(samples.map(({ host }) => host)) };
  const isLevel = growth.http <= MOST_GROWTH && growth.host <= MOST_GROWTH;
  console.log(
    `last quarter / second quarter: HTTP ${growth.http.toFixed(3)}, host ${growth.host.toFixed(3)}: ` +
      (isLevel ? 'a plateau' : 'STILL GROWING'),
  );
  const left = await afterEffects(service, descriptors);
  for (const line of left) console.log(`LEFT BEHIND ${line}`);
  if (failures.length > 0 || left.length > 0 || !isLevel) process.exitCode = 1;
} finally {
  await service.stop();
  rmSync(modelsDir, { recursive: true });
}
