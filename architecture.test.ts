// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { findViolations, ROOMS } from './import-rules.ts';

const ROOT = import.meta.dirname;

function sourceFiles(): string[] {
  const rooms = ROOMS.map((room) => join(ROOT, room.folder.split('/')[0] ?? ''));
  return [...new Set(rooms)].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((path) => !path.includes('node_modules') && !path.includes('/dist/')),
  );
}

test('every import obeys the table of rooms and the layers inside them', () => {
  const violations = sourceFiles().flatMap((path) => findViolations(path, readFileSync(join(ROOT, path), 'utf8')));
  expect(violations).toEqual([]);
});

test('sources of every room are looked at', () => {
  const files = sourceFiles();
  expect(ROOMS.filter(({ folder }) => !files.some((path) => path.startsWith(`${folder}/`)))).toEqual([]);
  expect(files.length).toBeGreaterThan(400);
});

test.each([
  ['models/src/card.ts', "import { readAlias } from '@earshot/mappings';", 'models may not import @earshot/mappings'],
  ['mappings/src/names.ts', "import { readFileSync } from 'node:fs';", 'mappings may not import node:fs'],
  [
    'inference-service/src/http/x.ts',
    "import { Client } from '@elastic/elasticsearch';",
    'may not import @elastic/elasticsearch',
  ],
  [
    'inference-service/src/contract/x.ts',
    "import { spawn } from 'node:child_process';",
    'may not import node:child_process',
  ],
  ['inference-service/src/http/x.ts', "import ort from 'onnxruntime-node';", 'may not import onnxruntime-node'],
  [
    'inference-service/src/http/x.ts',
    "import { Tensor } from '@earshot/models/onnx-runtime';",
    'may not import @earshot/models/onnx-runtime',
  ],
  [
    'pipelines/src/cli/x.ts',
    "import { decodeFile } from '../../../inference-service/src/decode/index.ts';",
    'leaves its workspace',
  ],
  [
    'pipelines/src/core/x.ts',
    "import { createS3ObjectStore } from '../adapters/s3-object-store.ts';",
    'core may not import adapters',
  ],
  ['pipelines/src/adapters/x.ts', "import { bind } from '../cli/run-action.ts';", 'adapters may not import cli'],
  ['kibana-assets/search-panel/web/src/x.tsx', "import { join } from 'node:path';", 'may not import node:path'],
  [
    'kibana-assets/src/x.ts',
    "import { createApp } from '@earshot/search-panel/main';",
    'may not import @earshot/search-panel',
  ],
  ['e2e/demo/x.ts', "import { loadSpaces } from '@earshot/models/registry';", 'e2e may not import @earshot/models'],
])('a planted violation in %s is found: %s', (path, source, message) => {
  expect(findViolations(path, source).join()).toContain(message);
});

test('a type-only import of the Elasticsearch client is allowed in mappings', () => {
  expect(findViolations('mappings/src/x.ts', "import type { Client } from '@elastic/elasticsearch';")).toEqual([]);
  expect(findViolations('mappings/src/x.ts', "import { Client } from '@elastic/elasticsearch';")).toHaveLength(1);
});

test('tests and benchmarks may use the launchers of e2e/support, sources may not', () => {
  const source = "import { startElasticsearch } from '@earshot/e2e/support';";
  expect(findViolations('pipelines/src/cli/x.contract.test.ts', source)).toEqual([]);
  expect(findViolations('pipelines/bench/x.ts', source)).toEqual([]);
  expect(findViolations('pipelines/src/cli/x.ts', source)).toHaveLength(1);
});
