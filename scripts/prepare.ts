// SPDX-License-Identifier: Apache-2.0
import {
  fetchElasticsearchHome,
  fetchVersitygw,
  givenElasticsearch,
  hasDockerEngine,
  PreparationError,
  type Say,
} from '@earshot/e2e/support';
import { prepareDecoder } from './prepare-decoder.ts';
import { preparePanel } from './prepare-panel.ts';

/**
 * `node prepare.ts demo | test`: brings the parts that are no npm packages. The demo cannot do without them (exit 5);
 * the tests name what is missing, go on, and list what they had to skip.
 */

const startedAt = Date.now();
const say: Say = (text) => console.error(`▸ ${text} (${Math.round((Date.now() - startedAt) / 1000)} s)`);

async function prepareElasticsearch(): Promise<void> {
  if (givenElasticsearch(process.env) || (await hasDockerEngine())) return;
  await fetchElasticsearchHome(say);
}

const FOR_THE_DEMO = [() => prepareDecoder(say), prepareElasticsearch, () => preparePanel(say)];
const FOR_THE_TESTS = [...FOR_THE_DEMO, () => fetchVersitygw(say)];

const isTest = process.argv[2] === 'test';
for (const step of isTest ? FOR_THE_TESTS : FOR_THE_DEMO) {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof PreparationError)) throw error;
    console.error(`${isTest ? '!' : '✗'} ${error.message}\n  → ${error.remedy}`);
    if (!isTest) process.exit(5);
  }
}
