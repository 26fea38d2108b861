// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { type Browser, chromium, selectors } from 'playwright-core';

const executablePath = (): string => process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Why no browser can be started here, or undefined when one can. */
export const whyNoChromium = (): string | undefined =>
  existsSync(executablePath()) ? undefined : `no Chromium at ${executablePath()} (install one, or set CHROMIUM_PATH)`;

/** Starts the system's Chromium without its own network chatter. `getByTestId` takes `data-test-subj`. */
export function startChromium(): Promise<Browser> {
  selectors.setTestIdAttribute('data-test-subj');
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
  return chromium.launch({
    executablePath: executablePath(),
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...quiet],
  });
}
