// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { beforeAll, describe, expect, it, vi } from 'vitest';

const BUDGET_BYTES = 360_000;
const WEB = fileURLToPath(new URL('../web', import.meta.url));

describe('the built page', () => {
  let output: readonly (Rolldown.OutputChunk | Rolldown.OutputAsset)[];
  let startup: Rolldown.OutputChunk[];

  beforeAll(async () => {
    // The test runner's NODE_ENV would make a development build.
    vi.stubEnv('NODE_ENV', 'production');
    const built = (await build({ root: WEB, logLevel: 'silent', build: { write: false } })) as Rolldown.RolldownOutput;
    ({ output } = built);
    const chunks = new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
    const names = new Set([...chunks.values()].filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
    for (const name of names) for (const next of chunks.get(name)?.imports ?? []) names.add(next);
    startup = [...names].flatMap((name) => chunks.get(name) ?? []);
  });

  it('starts with at most 360 kB of compressed script', () => {
    const bytes = startup.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
    console.log(`start-up script: ${bytes} bytes gzipped of ${BUDGET_BYTES}`);
    expect(bytes).toBeLessThanOrEqual(BUDGET_BYTES);
  });

  it('starts without code highlighting and converters', () => {
    const modules = startup.flatMap(({ moduleIds }) => moduleIds);
    expect(modules.length).toBeGreaterThan(100);
    expect(modules.filter((id) => /refractor|request-converter|elastic\/charts/.test(id))).toEqual([]);
  });

  it('brings the terms of what it contains', () => {
    const notices = output.find(({ fileName }) => fileName === 'THIRD_PARTY_NOTICES.txt');
    const text = String((notices as Rolldown.OutputAsset | undefined)?.source);
    expect(text).toContain('Elastic License 2.0');
    expect(text).toContain('You may not provide the software to third parties as a hosted or managed');
    expect(text).toContain('react-router-dom');
  });
});
