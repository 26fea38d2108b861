// SPDX-License-Identifier: Apache-2.0

/**
 * Hostile requests to a running service: what is answered, and whether it lives.
 * `npm run bench -- fuzz [count] [seed]` (default 5000 1), `npm run bench -- fuzz COUNT SEED INDEX` repeats one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from '@earshot/e2e/support';
import { afterEffects } from '../src/testing/fuzz/after-effects.ts';
import { encodeRequest } from '../src/testing/fuzz/fuzz-request.ts';
import { startFuzzedService } from '../src/testing/fuzz/fuzz-service.ts';
import { makeRequest } from '../src/testing/fuzz/make-request.ts';
import { openDescriptors, residentMb } from '../src/testing/fuzz/process-watch.ts';
import { type FuzzReport, runRequests } from '../src/testing/fuzz/run-requests.ts';
import { sendRequest } from '../src/testing/fuzz/send-request.ts';
import type { SpawnedService } from '../src/testing/spawn-service.ts';

const CONCURRENCY = 4;
const SHOWN_BYTES = 2000;
const count = Number(process.argv[2] ?? 5000);
const seed = Number(process.argv[3] ?? 1);
const only = process.argv[4];

function printReport({ counts, failures, seconds }: FuzzReport): void {
  for (const [kind, labels] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
    const listed = [...labels].sort(([, a], [, b]) => b - a).map(([label, number]) => `${label}: ${number}`);
    console.log(`${kind.padEnd(18)} ${listed.join(', ')}`);
  }
  console.log(`${count} requests in ${seconds.toFixed(1)} s, ${failures.length} failures`);
  for (const { index, kind, fault } of failures.slice(0, 50))
    console.log(`FAILURE ${kind} (npm run bench -- fuzz ${count} ${seed} ${index}): ${fault}`);
}

async function repeatOne(service: SpawnedService, index: number): Promise<void> {
  const request = makeRequest(seed, index);
  const bytes = encodeRequest(request);
  console.log(`${bytes.subarray(0, SHOWN_BYTES).toString('latin1')}\n… ${bytes.length} bytes in all\n`);
  const outcome = await sendRequest(service.url, request);
  console.log(
    typeof outcome === 'string' ? outcome : { ...outcome, body: outcome.body.toString().slice(0, SHOWN_BYTES) },
  );
}

const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-fuzz-'));
console.log(`${describeMachine()}, seed ${seed}`);
const service = await startFuzzedService(modelsDir);
try {
  const pid = service.process.pid ?? 0;
  const descriptors = openDescriptors(pid);
  const before = residentMb(pid);
  if (only === undefined) {
    const report = await runRequests(service, {
      count,
      concurrency: CONCURRENCY,
      make: (index) => makeRequest(seed, index),
    });
    printReport(report);
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  } else {
    await repeatOne(service, Number(only));
  }
  const left = await afterEffects(service, descriptors);
  console.log(
    `HTTP process: ${before.toFixed(0)} MB before, ${residentMb(pid).toFixed(0)} MB after; ` +
      `descriptors ${descriptors} before, ${openDescriptors(pid)} after`,
  );
  for (const line of left) console.log(`LEFT BEHIND ${line}`);
  if (left.length > 0) process.exitCode = 1;
} finally {
  await service.stop();
  rmSync(modelsDir, { recursive: true });
}
