// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cleanEnvironment, makeTempDir, REPOSITORY_ROOT, runTool } from '@earshot/e2e/support';
import { expect, test } from 'vitest';

/** Runs the runner of `npm test` on a little project of its own. */
async function runOn(
  source: string,
  env: Record<string, string> = {},
): Promise<{ code: number | null; lines: string[] }> {
  const root = makeTempDir('suite');
  writeFileSync(join(root, 'vitest.config.mjs'), 'export default { test: { globals: true } };\n');
  writeFileSync(join(root, 'some.test.js'), source);
  const command = [process.execPath, join(REPOSITORY_ROOT, 'scripts/test.ts'), '--root', root];
  // Both streams in one pipe, as `npm test 2>&1 | tail -1` has them.
  const { code, output } = await runTool(
    'sh',
    ['-c', 'exec "$@" 2>&1', 'sh', ...command, '--config', join(root, 'vitest.config.mjs')],
    { cwd: REPOSITORY_ROOT, env: cleanEnvironment(env) },
  );
  return { code, lines: output.trimEnd().split('\n') };
}

test('the last line counts, skips are listed with their reasons, and a failure gives exit code 1', async () => {
  const { code, lines } = await runOn(`
    test('runs', () => {});
    test('fails', () => { throw new Error('no'); });
    test('waits', (context) => context.skip('no Docker engine'));`);
  expect(lines.at(-1)).toBe('1 passed, 1 failed, 1 skipped');
  expect(lines.join('\n')).toContain('some.test.js › waits: no Docker engine');
  expect(code).toBe(1);
});

test('exit code 0 when everything that ran has passed', async () => {
  const { code, lines } = await runOn("test('runs', () => {}); test.skip('not here', () => {});");
  expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
  expect(code).toBe(0);
});

test('a file that does not load is a failure', async () => {
  const { code, lines } = await runOn("throw new Error('broken file');");
  expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
  expect(code).toBe(1);
});

test("a cluster that holds somebody's indices is refused before any test runs", async () => {
  const server = createServer((_request, response) => response.end('[{"index":"earshot-audio-spectral-1-m1-000001"}]'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, lines } = await runOn("test('runs', () => {});", { ELASTICSEARCH_URL: `http://127.0.0.1:${port}` });
  server.close();
  expect(code).toBe(4);
  expect(lines.join('\n')).toContain('Unset ELASTICSEARCH_URL');
});
