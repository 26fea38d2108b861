// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from '@earshot/e2e/support';

export interface RunningS3 {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

const binary = (): string => join(cacheDir(), 'bin', 'versitygw-1.8.0');

/** Why no S3 server can be started here, or undefined when one can. */
export const whyNoVersitygw = (): string | undefined =>
  existsSync(binary()) ? undefined : 'no versitygw in the cache (npm run test builds it)';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitUntilHealthy(endpoint: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await fetch(`${endpoint}/_health`).catch(() => undefined))?.ok) return;
    await sleep(100);
  }
  throw new Error(`versitygw at ${endpoint} did not become healthy`);
}

/** A real S3 server on a loopback port over a temporary folder. */
export async function startVersitygw(): Promise<RunningS3> {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-s3-'));
  mkdirSync(join(dir, 'data'));
  mkdirSync(join(dir, 'sidecar'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const accessKeyId = 'test-access';
  const secretAccessKey = 'test-secret-key';
  const child = spawn(
    binary(),
    [
      ...['--port', `127.0.0.1:${port}`, '--access', accessKeyId, '--secret', secretAccessKey],
      ...['--region', 'us-east-1', '--health', '/_health', '--quiet'],
      ...['posix', '--sidecar', join(dir, 'sidecar'), join(dir, 'data')],
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
    rmSync(dir, { recursive: true, force: true });
  };
  await waitUntilHealthy(endpoint).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { endpoint, accessKeyId, secretAccessKey, stop };
}
