// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const everywhere = [
  'models',
  'synthesis',
  'mappings',
  'inference-service',
  'pipelines',
  'kibana-assets',
  'e2e',
  'scripts',
];
/** `x.test.ts` unit, `x.contract.test.ts` adapters on real loopback parts, `x.golden.test.ts` numeric, `x.panel.test.tsx` jsdom. */
const files = (ending: string): string[] => everywhere.map((room) => `${room}/**/*${ending}`);
const exclude = ['**/node_modules/**', '.cache/**'];

/** A cluster of the user's is one for all: then files take turns. */
const isClusterShared = Boolean(process.env.ELASTICSEARCH_URL ?? process.env.ELASTICSEARCH_URL_FILE);

/** Two even on two cores, where vitest would take one: files with servers wait more than they compute. */
const maxWorkers = Math.max(2, availableParallelism() - 1);
const maxWorkersWithServers = isClusterShared ? 1 : maxWorkers;
const globalSetup = ['e2e/support/share-elasticsearch.ts'];

/** How long files took the last time is kept outside the clone, so that a clean one, too, begins with the longest. */
const cacheDir = process.env.EARSHOT_CACHE_DIR;

export default defineConfig({
  ...(cacheDir ? { cacheDir: join(cacheDir, 'vite') } : {}),
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [...files('.test.ts'), '*.test.ts'],
          exclude: [...exclude, '**/*.{contract,golden,e2e}.test.ts'],
          testTimeout: 30_000,
          maxWorkers,
          // A process each would take two thirds of their time; they leave the environment as it was.
          isolate: false,
          unstubEnvs: true,
          unstubGlobals: true,
          restoreMocks: true,
        },
      },
      {
        test: {
          name: 'golden',
          include: files('.golden.test.ts'),
          exclude,
          testTimeout: 120_000,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias: [{ find: /^@elastic\/eui$/, replacement: '@elastic/eui/test-env' }] },
        oxc: { jsx: { runtime: 'automatic', importSource: '@emotion/react' } },
        test: {
          name: 'panel',
          include: files('.panel.test.tsx'),
          exclude,
          environment: 'jsdom',
          maxWorkers,
          testTimeout: 30_000,
          server: { deps: { inline: [/@elastic\/eui/] } },
        },
      },
      {
        test: {
          name: 'contract',
          include: files('.contract.test.ts'),
          exclude,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          maxWorkers: maxWorkersWithServers,
          globalSetup,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: files('.e2e.test.ts'),
          exclude,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: maxWorkersWithServers,
          globalSetup,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
