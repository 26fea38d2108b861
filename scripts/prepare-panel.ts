// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PreparationError, REPOSITORY_ROOT, runTool, type Say } from '@earshot/e2e/support';

const WEB = join(REPOSITORY_ROOT, 'kibana-assets/search-panel/web');
/** What the page is made from. */
const SOURCES = [
  WEB,
  join(WEB, '../contract'),
  join(REPOSITORY_ROOT, 'mappings/src'),
  join(REPOSITORY_ROOT, 'models/src'),
];

function newestSource(): number {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !`${entry.parentPath}/`.startsWith(`${WEB}/dist/`))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  return Math.max(statSync(join(REPOSITORY_ROOT, 'package-lock.json')).mtimeMs, ...files);
}

/** Builds the page that the gateway serves, when it is missing or older than its sources. */
export async function preparePanel(say: Say): Promise<void> {
  const page = join(WEB, 'dist/index.html');
  if (existsSync(page) && statSync(page).mtimeMs >= newestSource()) return;
  say('building the search panel');
  const vite = join(REPOSITORY_ROOT, 'node_modules/vite/bin/vite.js');
  const { code, output } = await runTool(process.execPath, [vite, 'build', WEB], { cwd: REPOSITORY_ROOT });
  if (code !== 0)
    throw new PreparationError(
      `the search panel could not be built:\n${output.trim().split('\n').slice(-10).join('\n')}`,
      'Read the lines above.',
    );
  say('search panel built');
}
