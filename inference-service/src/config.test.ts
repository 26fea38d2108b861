// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadServiceConfig } from './config.ts';

test('an empty environment gives the documented defaults', () => {
  expect(loadServiceConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 8700,
    eps: ['cuda', 'webgpu', 'cpu'],
    modelsDir: '.earshot/models',
    keysFile: undefined,
    isInsecureAllowed: false,
  });
});

test('all problems are listed together', () => {
  const load = (): unknown =>
    loadServiceConfig({
      EARSHOT_INFERENCE_PORT: '99999',
      EARSHOT_EP: 'tpu',
      EARSHOT_MAX_AUDIO_SECONDS: 'long',
      EARSHOT_FETCH_ALLOW: 'example.org',
    });
  for (const text of ['EARSHOT_INFERENCE_PORT', 'EARSHOT_EP', 'EARSHOT_MAX_AUDIO_SECONDS', 'EARSHOT_FETCH_ALLOW'])
    expect(load).toThrow(text);
});

test('a host that others can reach needs keys, or an explicit word', () => {
  expect(() => loadServiceConfig({ EARSHOT_INFERENCE_HOST: '0.0.0.0' })).toThrow('EARSHOT_INFERENCE_KEYS_FILE');
  expect(loadServiceConfig({ EARSHOT_INFERENCE_HOST: '0.0.0.0', EARSHOT_INFERENCE_INSECURE: 'true' }).host).toBe(
    '0.0.0.0',
  );
  expect(loadServiceConfig({ EARSHOT_INFERENCE_HOST: '0.0.0.0', EARSHOT_INFERENCE_KEYS_FILE: 'keys' }).keysFile).toBe(
    'keys',
  );
});

test('a value can come from a file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'port');
  writeFileSync(file, '8123\n');
  expect(loadServiceConfig({ EARSHOT_INFERENCE_PORT_FILE: file }).port).toBe(8123);
  expect(() => loadServiceConfig({ EARSHOT_INFERENCE_PORT_FILE: `${file}-none` })).toThrow('cannot be read');
});
