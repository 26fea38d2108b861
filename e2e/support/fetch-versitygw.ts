// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Say } from './fetch-elasticsearch-home.ts';
import { PreparationError } from './preparation-error.ts';
import { guardFolder } from './reaper.ts';
import { runTool } from './run-tool.ts';
import { VERSITYGW_VERSION, versitygwPath } from './versitygw.ts';

/** Builds the S3 server of the tests into the cache, once. @throws PreparationError where Go is missing or fails */
export async function fetchVersitygw(say: Say): Promise<void> {
  const target = versitygwPath();
  if (existsSync(target)) return;
  if ((await runTool('go', ['version'])).code !== 0)
    throw new PreparationError('Go was not found: the S3 tests are skipped', 'Install Go 1.25 or later.');
  say(`building versitygw ${VERSITYGW_VERSION} with Go (one to three minutes)`);
  mkdirSync(dirname(target), { recursive: true });
  const work = mkdtempSync(join(dirname(target), '.build-'));
  guardFolder(work);
  try {
    const source = `github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW_VERSION}`;
    const { code, output } = await runTool('go', ['install', source], { env: { ...process.env, GOBIN: work } });
    if (code !== 0)
      throw new PreparationError(
        `versitygw could not be built, the S3 tests are skipped:\n${output.trim().split('\n').slice(-5).join('\n')}`,
        'Check the network and Go (1.25 or later).',
      );
    renameSync(join(work, 'versitygw'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say('versitygw is ready');
}
