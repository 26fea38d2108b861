// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeDemoLibrary } from '@earshot/synthesis/library';
import { makeTempDir, REPOSITORY_ROOT } from '../support/index.ts';
import { startPanelStack } from '../support/panel-stack.ts';

/** The picture of the documentation, taken of the real panel over the built-in library: `npm run screenshot`. */
const TARGET = join(REPOSITORY_ROOT, 'docs/images/panel.png');
const MAX_BYTES = 300_000;
/** So that the picture shows a player under way. */
const PLAYED_MS = 2000;

const folder = makeTempDir('screenshot');
const { files } = await writeDemoLibrary(folder);
const query = files.find((name) => name.includes('/bird/')) ?? files[0] ?? '';
spawnSync('npm', ['run', 'build:panel'], { cwd: REPOSITORY_ROOT, stdio: 'inherit' });
const stack = await startPanelStack({ folder, library: 'demo', kibanaUrl: 'http://localhost:5601' });
try {
  const page = await stack.browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(stack.panel.url);
  await page.locator('input[type=file]').setInputFiles(join(folder, query));
  await page.getByTestId('hit').first().waitFor();
  await page.getByTestId('play').nth(1).click();
  await page.getByTestId('player-dock').waitFor();
  await page.waitForTimeout(PLAYED_MS);
  await page.mouse.move(0, 0);
  mkdirSync(dirname(TARGET), { recursive: true });
  await page.screenshot({ path: TARGET });
  const { size } = statSync(TARGET);
  process.stdout.write(`docs/images/panel.png: ${size} bytes\n`);
  if (size > MAX_BYTES) process.exitCode = 1;
} finally {
  await stack.stop();
}
