// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ELASTICSEARCH_VERSION, elasticsearchHome, whyNoElasticsearchHome } from './elasticsearch-home.ts';
import { hasEnded, spawnGuarded, stopGuarded } from './guarded-process.ts';
import { findJavaHome } from './java-home.ts';
import { makeReachableTempDir } from './make-temp-dir.ts';
import { unprivilegedIdentity } from './unprivileged-user.ts';

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
  /** Spares the work that pays only in a server that runs for long: up sooner, slower under load. For tests. */
  readonly isShortLived?: boolean;
}

const HEAP = ['-Xms512m', '-Xmx512m'];
/** The quick compiler alone: half of the processor time of a start goes into the thorough one. */
const SHORT_LIVED = ['-XX:TieredStopAtLevel=1'];
const BOOT_LIMIT_MS = 180_000;

function writeConfig(runDir: string, options: ElasticsearchOptions): void {
  const conf = join(runDir, 'config');
  mkdirSync(join(conf, 'jvm.options.d'), { recursive: true });
  for (const file of ['log4j2.properties', 'jvm.options'])
    writeFileSync(join(conf, file), readFileSync(join(elasticsearchHome(), 'config', file)));
  const javaOptions = [...HEAP, ...(options.isShortLived ? SHORT_LIVED : [])];
  writeFileSync(join(conf, 'jvm.options.d', 'earshot.options'), `${javaOptions.join('\n')}\n`);
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
  // JSON is YAML: a path with a colon or a quote stays one value.
  writeFileSync(
    join(conf, 'elasticsearch.yml'),
    Object.entries(settings)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
      .join(''),
  );
}

/** Makes the folders a run writes to and hands them to the user it runs under. */
function prepareFolders(runDir: string, options: ElasticsearchOptions): void {
  chmodSync(runDir, 0o755);
  writeConfig(runDir, options);
  const written = ['data', 'logs', 'tmp'].map((name) => join(runDir, name));
  if (options.dataDir) written.push(options.dataDir);
  for (const dir of written) mkdirSync(dir, { recursive: true });
  const { uid, gid } = unprivilegedIdentity();
  if (uid === undefined || gid === undefined) return;
  const conf = join(runDir, 'config');
  for (const path of [runDir, conf, join(conf, 'jvm.options.d'), ...written]) chownSync(path, uid, gid);
}

function launch(runDir: string, javaHome: string): ChildProcess {
  return spawnGuarded(join(elasticsearchHome(), 'bin', 'elasticsearch'), [], {
    ...unprivilegedIdentity(),
    cwd: runDir,
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      ES_JAVA_HOME: javaHome,
      ...(process.env.ES_JAVA_OPTS ? { ES_JAVA_OPTS: process.env.ES_JAVA_OPTS } : {}),
      ES_PATH_CONF: join(runDir, 'config'),
      ES_TMPDIR: join(runDir, 'tmp'),
      // The launching JVM leaves a folder behind in its own temporary directory at every start.
      CLI_JAVA_OPTS: `-Djava.io.tmpdir=${join(runDir, 'tmp')}`,
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
    if (hasEnded(child)) throw new Error(`Elasticsearch ended with status ${child.exitCode}:\n${lastLog(runDir)}`);
    const address = existsSync(portsFile) ? readFileSync(portsFile, 'utf8').split('\n')[0] : undefined;
    const url = `http://${address}`;
    // The licence answers 404 for a moment after health is yellow.
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

/** Starts the real server from the cached home on a loopback port; security off, single node. */
export async function startElasticsearchHome(options: ElasticsearchOptions = {}): Promise<RunningElasticsearch> {
  const reason = whyNoElasticsearchHome();
  const javaHome = findJavaHome();
  if (reason || !javaHome) throw new Error(reason);
  const runDir = makeReachableTempDir('es');
  prepareFolders(runDir, options);
  const child = launch(runDir, javaHome);
  const stop = async (): Promise<void> => {
    await stopGuarded(child);
    rmSync(runDir, { recursive: true, force: true });
  };
  try {
    const url = await waitUntilReady(runDir, child);
    return { url, version: ELASTICSEARCH_VERSION, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
