// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from './cache-dir.ts';
import { findFreePort } from './free-port.ts';
import { hasEnded, spawnGuarded, stopGuarded } from './guarded-process.ts';
import { makeTempDir } from './make-temp-dir.ts';
import { type ObjectStoreAccess, objectStoreAccess, STORE_CREDENTIALS } from './object-store-access.ts';

export const VERSITYGW_VERSION = '1.8.0';

export interface RunningObjectStore extends ObjectStoreAccess {
  stop(): Promise<void>;
}

interface ObjectStoreOptions {
  readonly buckets?: readonly string[];
  readonly versioning?: boolean;
  /** Receives every event as a POST. */
  readonly eventWebhookUrl?: string;
}

export const versitygwPath = (): string => join(cacheDir(), 'bin', `versitygw-${VERSITYGW_VERSION}`);

/** Why no S3 server can be started here, or undefined when one can. */
export const whyNoVersitygw = (): string | undefined =>
  existsSync(versitygwPath()) ? undefined : 'no versitygw in the cache (npm test builds it where Go is installed)';

/** One whose buckets are folders that tests may look into. */
export interface RunningVersitygw extends RunningObjectStore {
  readonly dataDir: string;
  readonly pid: number;
}

function serverArguments(port: number, folder: string, options: ObjectStoreOptions): string[] {
  const { accessKeyId, secretAccessKey, region } = STORE_CREDENTIALS;
  const data = join(folder, 'data');
  // The file-system backend's buckets are the folders of its root.
  for (const bucket of options.buckets ?? []) mkdirSync(join(data, bucket), { recursive: true });
  mkdirSync(data, { recursive: true });
  const versions = join(folder, 'versions');
  if (options.versioning) mkdirSync(versions);
  return [
    ...['--port', `127.0.0.1:${port}`, '--access', accessKeyId, '--secret', secretAccessKey, '--region', region],
    ...['--health', '/_health', '--quiet'],
    ...(options.eventWebhookUrl ? ['--event-webhook-url', options.eventWebhookUrl] : []),
    'posix',
    ...(options.versioning ? ['--versioning-dir', versions] : []),
    data,
  ];
}

/** Starts a real S3 server on a free loopback port, with these buckets, in a temporary folder. */
export async function startVersitygw(options: ObjectStoreOptions = {}): Promise<RunningVersitygw> {
  const reason = whyNoVersitygw();
  if (reason) throw new Error(reason);
  const folder = makeTempDir('s3');
  const port = await findFreePort();
  const child = spawnGuarded(versitygwPath(), serverArguments(port, folder, options), { cwd: folder, stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await stopGuarded(child, 5000);
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + 20_000;
  while (!(await fetch(`${endpoint}/_health`).catch(() => undefined))?.ok) {
    if (hasEnded(child) || Date.now() > deadline) {
      await stop();
      throw new Error('versitygw did not start');
    }
    await sleep(50);
  }
  return { ...objectStoreAccess(endpoint), stop, dataDir: join(folder, 'data'), pid: child.pid ?? 0 };
}
