// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheDir } from './cache-dir.ts';
import { findJavaHome } from './java-home.ts';

export interface RunningElasticsearch {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

export interface ElasticsearchOptions {
  readonly licence?: 'basic' | 'trial';
  /** 0 picks a free port. */
  readonly port?: number;
  /** Kept after stop; without it data lives in a temporary folder that stop removes. */
  readonly dataDir?: string;
}

/** Elasticsearch refuses to run as root; any unprivileged id will do. */
const UNPRIVILEGED_ID = 65534;
const BOOT_LIMIT_MS = 120_000;

export const elasticsearchHome = (): string => join(cacheDir(), 'elasticsearch', '9.4.3-rich');

/** Why a home archive cannot be started here, or undefined when it can. */
export function whyNoElasticsearch(): string | undefined {
  if (!existsSync(elasticsearchHome())) return 'no Elasticsearch home in the cache (npm run demo fetches it)';
  if (!findJavaHome()) return 'no JDK 21 or later found (install one, or set ES_JAVA_HOME)';
  return undefined;
}

function writeConfig(runDir: string, options: ElasticsearchOptions): void {
  const conf = join(runDir, 'config');
  mkdirSync(join(conf, 'jvm.options.d'), { recursive: true });
  for (const file of ['log4j2.properties', 'jvm.options'])
    writeFileSync(join(conf, file), readFileSync(join(elasticsearchHome(), 'config', file)));
  writeFileSync(join(conf, 'jvm.options.d', 'heap.options'), '-Xms512m\n-Xmx512m\n');
  const settings: Record<string, unknown> = {
    'cluster.name': 'earshot-local',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': options.port ?? 0,
    'transport.port': 0,
    'node.portsfile': true,
    'path.data': options.dataDir ?? join(runDir, 'data'),
    'path.logs': join(runDir, 'logs'),
    'xpack.security.enabled': false,
    'xpack.license.self_generated.type': options.licence ?? 'basic',
    'cluster.routing.allocation.disk.threshold_enabled': false,
  };
  writeFileSync(
    join(conf, 'elasticsearch.yml'),
    Object.entries(settings)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );
}

/** Hands the run folder to the unprivileged user when we are root. */
function giveAway(paths: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) chownSync(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
}

function launch(runDir: string, javaHome: string): ChildProcess {
  const identity = process.getuid?.() === 0 ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  return spawn(join(elasticsearchHome(), 'bin', 'elasticsearch'), [], {
    ...identity,
    cwd: runDir,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      ES_JAVA_HOME: javaHome,
      ES_PATH_CONF: join(runDir, 'config'),
      ES_TMPDIR: join(runDir, 'tmp'),
    },
  });
}

async function isOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  return answer?.ok === true;
}

async function waitUntilReady(runDir: string, child: ChildProcess): Promise<string> {
  const deadline = Date.now() + BOOT_LIMIT_MS;
  const portsFile = join(runDir, 'logs', 'http.ports');
  while (Date.now() < deadline) {
    if (child.exitCode !== null)
      throw new Error(`Elasticsearch ended with status ${child.exitCode}:\n${lastLog(runDir)}`);
    const address = existsSync(portsFile) ? readFileSync(portsFile, 'utf8').split('\n')[0] : undefined;
    const url = `http://${address}`;
    if (
      address &&
      (await isOk(`${url}/_cluster/health?wait_for_status=yellow&timeout=1s`)) &&
      (await isOk(`${url}/_license`))
    )
      return url;
    await sleep(200);
  }
  throw new Error(`Elasticsearch was not ready within ${BOOT_LIMIT_MS / 1000} s:\n${lastLog(runDir)}`);
}

function lastLog(runDir: string): string {
  const log = join(runDir, 'logs', 'earshot-local.log');
  return existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-15).join('\n') : '(no log)';
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const isDown = await Promise.race([exited.then(() => true), sleep(15_000, false)]);
  if (!isDown) child.kill('SIGKILL');
}

/** Starts the real server from the cached home on a loopback port; security off, single node. */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<RunningElasticsearch> {
  const reason = whyNoElasticsearch();
  const javaHome = findJavaHome();
  if (reason || !javaHome) throw new Error(reason);
  const runDir = mkdtempSync(join(tmpdir(), 'earshot-es-'));
  chmodSync(runDir, 0o755);
  writeConfig(runDir, options);
  const own = ['data', 'logs', 'tmp'].map((name) => join(runDir, name));
  for (const dir of [...own, ...(options.dataDir ? [options.dataDir] : [])]) mkdirSync(dir, { recursive: true });
  const conf = join(runDir, 'config');
  giveAway([runDir, conf, join(conf, 'jvm.options.d'), ...own, ...(options.dataDir ? [options.dataDir] : [])]);
  const child = launch(runDir, javaHome);
  const stop = async (): Promise<void> => {
    await stopChild(child);
    rmSync(runDir, { recursive: true, force: true });
  };
  try {
    const url = await waitUntilReady(runDir, child);
    return { url, version: '9.4.3', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
