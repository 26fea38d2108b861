// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterEffects } from './testing/fuzz/after-effects.ts';
import { startFuzzedService } from './testing/fuzz/fuzz-service.ts';
import { makeRequest } from './testing/fuzz/make-request.ts';
import { noProc, openDescriptors } from './testing/fuzz/process-watch.ts';
import { runRequests } from './testing/fuzz/run-requests.ts';
import type { SpawnedService } from './testing/spawn-service.ts';

/** A few hundred of the requests of `npm run bench -- fuzz`, the same ones every time. */
const SEED = 42;
const COUNT = 300;
const modelsDir = mkdtempSync(join(tmpdir(), 'earshot-fuzz-'));
let service: SpawnedService;

beforeAll(async () => {
  service = await startFuzzedService(modelsDir);
});
afterAll(async () => {
  await service?.stop();
  rmSync(modelsDir, { recursive: true, force: true });
});

test.skipIf(noProc !== '')(
  `hostile requests are answered from the catalogue and leave nothing behind${noProc && ` (skipped: ${noProc})`}`,
  async () => {
    const descriptors = openDescriptors(service.process.pid ?? 0);
    const make = (index: number) => makeRequest(SEED, index);
    const { failures, counts } = await runRequests(service, { count: COUNT, concurrency: 4, make });
    // To repeat one: npm run bench -- fuzz 300 42 INDEX
    expect(failures).toEqual([]);
    expect(counts.get('good')?.get('200')).toBeGreaterThan(5);
    expect(await afterEffects(service, descriptors)).toEqual([]);
  },
);
