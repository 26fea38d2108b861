// SPDX-License-Identifier: Apache-2.0

/** The import rules of ARCHITECTURE.md as data; `architecture.test.ts` holds every source against them. */

interface Room {
  readonly folder: string;
  /** Workspace exports this room may import, by prefix. */
  readonly workspaces: readonly string[];
  /** Packages and node: modules it must not import, by prefix; a trailing `?` still allows `import type`. */
  readonly never: readonly string[];
  /** Sub-folder → sub-folders it must not import. */
  readonly layers?: Readonly<Record<string, readonly string[]>>;
}

/** Loaded by the inference host and by models' own tools, through one door. */
const ONNX_RUNTIME = ['onnxruntime-node', '@earshot/models/onnx-runtime'];
const BROWSER_SAFE = ['node:', 'express', ...ONNX_RUNTIME, '@elastic/elasticsearch?', 'pino'];

/** Most specific folder first. */
export const ROOMS: readonly Room[] = [
  { folder: 'models/training', workspaces: ['@earshot/synthesis', '@earshot/models'], never: ['express', '@elastic/'] },
  { folder: 'models', workspaces: [], never: ['express', '@elastic/', 'undici', 'node:http', 'node:net'] },
  { folder: 'synthesis', workspaces: [], never: ['express', '@elastic/', ...ONNX_RUNTIME] },
  { folder: 'mappings', workspaces: ['@earshot/models'], never: BROWSER_SAFE },
  { folder: 'inference-service/src/contract', workspaces: [], never: [...BROWSER_SAFE, '@aws-sdk/', 'zod'] },
  {
    folder: 'inference-service/src/host',
    workspaces: ['@earshot/models'],
    never: ['@elastic/', 'express', 'onnxruntime-node'],
  },
  {
    folder: 'inference-service/bench',
    workspaces: ['@earshot/models'],
    never: ['@elastic/', 'express', 'onnxruntime-node'],
  },
  {
    folder: 'inference-service',
    workspaces: ['@earshot/models'],
    never: ['@elastic/elasticsearch', '@elastic/transport', ...ONNX_RUNTIME],
    layers: { core: ['http', 'host', 'decode', 'fetch', 'telemetry'], decode: ['http', 'host'], http: ['telemetry'] },
  },
  {
    folder: 'pipelines',
    workspaces: [
      '@earshot/models',
      '@earshot/mappings',
      '@earshot/inference-service/contract',
      '@earshot/kibana-assets',
    ],
    never: [...ONNX_RUNTIME, 'react', 'express'],
    layers: { core: ['adapters', 'cli'], ports: ['core', 'adapters', 'cli'], adapters: ['cli'] },
  },
  {
    folder: 'kibana-assets/search-panel/contract',
    workspaces: ['@earshot/mappings', '@earshot/inference-service/contract'],
    never: BROWSER_SAFE,
  },
  {
    folder: 'kibana-assets/search-panel/web',
    workspaces: ['@earshot/mappings', '@earshot/models', '@earshot/inference-service/contract'],
    never: BROWSER_SAFE,
    layers: { core: ['components', 'views'] },
  },
  {
    folder: 'kibana-assets/search-panel/gateway',
    workspaces: [
      '@earshot/mappings',
      '@earshot/models',
      '@earshot/inference-service/contract',
      '@earshot/pipelines/adapters',
      '@earshot/pipelines/ports',
      '@earshot/pipelines/config',
    ],
    never: [...ONNX_RUNTIME, 'react'],
  },
  {
    folder: 'kibana-assets',
    workspaces: ['@earshot/mappings', '@earshot/models'],
    never: [...ONNX_RUNTIME, 'react', 'express'],
  },
  {
    folder: 'e2e',
    workspaces: ['@earshot/inference-service/contract', '@earshot/synthesis', '@earshot/e2e/support'],
    never: [...ONNX_RUNTIME, 'react'],
  },
];

interface ImportStatement {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(source: string): ImportStatement[] {
  const fixed = [...source.matchAll(STATEMENT)].map((match) => ({
    specifier: match[2] ?? '',
    isTypeOnly: match[1] !== undefined,
  }));
  const dynamic = [...source.matchAll(DYNAMIC)].map((match) => ({ specifier: match[1] ?? '', isTypeOnly: false }));
  return [...fixed, ...dynamic];
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || path.includes('/testing/');

/** What may start real parts: tests and benchmarks. */
const mayLaunch = (path: string): boolean => isTest(path) || path.includes('/bench/');

/** `node:` and `@aws-sdk/` name everything that begins so; a plain name also its sub-paths. */
const startsWithName = (specifier: string, name: string): boolean =>
  specifier === name || specifier.startsWith(/[:/]$/.test(name) ? name : `${name}/`);

function checkWorkspace(room: Room, path: string, specifier: string): string | undefined {
  if (mayLaunch(path) && startsWithName(specifier, '@earshot/e2e/support')) return undefined;
  if (room.workspaces.some((name) => startsWithName(specifier, name))) return undefined;
  return `${room.folder} may not import ${specifier}`;
}

function checkPackage(room: Room, { specifier, isTypeOnly }: ImportStatement): string | undefined {
  const rule = room.never.find((name) => startsWithName(specifier, name.replace(/\?$/, '')));
  if (!rule || (rule.endsWith('?') && isTypeOnly)) return undefined;
  return `${room.folder} may not import ${specifier}`;
}

/** Resolves a relative import against its file, both as paths from the repository root. */
function resolve(path: string, specifier: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const step of specifier.split('/')) {
    if (step === '..') parts.pop();
    else if (step !== '.') parts.push(step);
  }
  return parts.join('/');
}

const WORKSPACES = [
  'models',
  'synthesis',
  'mappings',
  'inference-service',
  'pipelines',
  'kibana-assets/search-panel',
  'kibana-assets',
  'e2e',
];
const workspaceOf = (path: string): string | undefined => WORKSPACES.find((folder) => path.startsWith(`${folder}/`));

/** Sub-folder of `src` (or of the room) that a path lies in. */
const layerOf = (room: Room, path: string): string =>
  path
    .slice(room.folder.length + 1)
    .replace(/^src\//, '')
    .split('/')[0] ?? '';

function checkRelative(room: Room, path: string, specifier: string): string | undefined {
  const target = resolve(path, specifier);
  if (workspaceOf(target) !== workspaceOf(path)) return `leaves its workspace by ${specifier}; import by package name`;
  const layer = layerOf(room, target);
  const forbidden = room.layers?.[layerOf(room, path)] ?? [];
  return forbidden.includes(layer)
    ? `${room.folder}: ${layerOf(room, path)} may not import ${layer} (${specifier})`
    : undefined;
}

function checkStatement(room: Room, path: string, statement: ImportStatement): string | undefined {
  if (statement.specifier.startsWith('@earshot/'))
    return checkWorkspace(room, path, statement.specifier) ?? checkPackage(room, statement);
  // Tests start real parts from every layer: only the workspaces bind them.
  if (isTest(path)) return undefined;
  return statement.specifier.startsWith('.')
    ? checkRelative(room, path, statement.specifier)
    : checkPackage(room, statement);
}

/**
 * What in one source breaks the rules, a line each.
 * @param path from the repository root, with `/`
 */
export function findViolations(path: string, source: string): string[] {
  const room = ROOMS.find(({ folder }) => path.startsWith(`${folder}/`));
  if (!room) return [];
  return importsOf(source)
    .map((statement) => checkStatement(room, path, statement))
    .filter((violation) => violation !== undefined)
    .map((violation) => `${path}: ${violation}`);
}
