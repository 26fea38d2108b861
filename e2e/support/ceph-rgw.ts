// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from './free-port.ts';
import { hasEnded, spawnGuarded, stopGuarded } from './guarded-process.ts';
import { makeTempDir } from './make-temp-dir.ts';
import { objectStoreAccess, STORE_CREDENTIALS } from './object-store-access.ts';
import { runTool } from './run-tool.ts';
import type { RunningObjectStore } from './versitygw.ts';

/** Debian: `apt-get install --no-install-recommends radosgw ceph-mon ceph-osd`. */
const PROGRAMS = ['radosgw', 'ceph-mon', 'ceph-osd', 'radosgw-admin'];
const START_LIMIT_MS = 60_000;

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Why no Ceph object gateway can be started here, or undefined when one can. */
export function whyNoCephRgw(): string | undefined {
  const missing = PROGRAMS.filter((program) => !isOnPath(program));
  return missing.length > 0 ? `${missing.join(', ')} not on the PATH` : undefined;
}

/** A cephx secret: type, time of creation, length, 16 random bytes. */
function makeKey(): string {
  const head = Buffer.alloc(12);
  head.writeUInt16LE(1, 0);
  head.writeUInt32LE(Math.floor(Date.now() / 1000), 2);
  head.writeUInt16LE(16, 10);
  return Buffer.concat([head, randomBytes(16)]).toString('base64');
}

function keyring(): string {
  const entry = (name: string, caps: Record<string, string>): string =>
    [`[${name}]`, `key = ${makeKey()}`, ...Object.entries(caps).map(([on, cap]) => `caps ${on} = "${cap}"`)].join('\n');
  return [
    entry('mon.', { mon: 'allow *' }),
    entry('client.admin', { mon: 'allow *', osd: 'allow *', mgr: 'allow *', mds: 'allow *' }),
    entry('osd.0', { mon: 'allow profile osd', osd: 'allow *', mgr: 'allow profile osd' }),
    entry('client.rgw', { mon: 'allow rw', osd: 'allow rwx' }),
    '',
  ].join('\n');
}

interface Addresses {
  readonly monitor: string;
  /** Port of the gateway. */
  readonly rgw: number;
}

/** One of everything, data in memory, authentication on: without it the gateway hangs at its start. */
const configuration = (folder: string, fsid: string, addresses: Addresses): string =>
  [
    '[global]',
    `fsid = ${fsid}`,
    `mon_host = ${addresses.monitor}`,
    'public_addr = 127.0.0.1',
    'cluster_addr = 127.0.0.1',
    ...['cluster', 'service', 'client'].map((who) => `auth_${who}_required = cephx`),
    `keyring = ${folder}/keyring`,
    `run_dir = ${folder}`,
    'admin_socket =',
    'pid_file =',
    `log_file = ${folder}/$name.log`,
    `mon_data = ${folder}/mon`,
    `osd_data = ${folder}/osd`,
    `rgw_data = ${folder}/rgw`,
    'osd_objectstore = memstore',
    'memstore_device_bytes = 1073741824',
    'osd_pool_default_size = 1',
    'osd_pool_default_min_size = 1',
    'osd_pool_default_pg_num = 1',
    'osd_pool_default_pg_autoscale_mode = off',
    'osd_crush_chooseleaf_type = 0',
    'mon_allow_pool_size_one = true',
    'mon_max_pg_per_osd = 1000',
    `rgw_frontends = beast endpoint=127.0.0.1:${addresses.rgw}`,
    '',
  ].join('\n');

async function must(program: string, args: readonly string[]): Promise<string> {
  const { code, output } = await runTool(program, [...args]);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${output.slice(-2000)}`);
  return output;
}

async function waitFor(what: string, isUp: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isUp())) {
    if (hasEnded(child) || Date.now() > deadline) throw new Error(`${what} did not start`);
    await sleep(200);
  }
}

/** Monitor, one store daemon in memory, the gateway, and a user; into `started` as they come up. */
async function startParts(folder: string, port: number, started: ChildProcess[]): Promise<void> {
  const conf = join(folder, 'ceph.conf');
  const fsid = randomUUID();
  const monitor = `[v2:127.0.0.1:${await findFreePort()}/0]`;
  writeFileSync(conf, configuration(folder, fsid, { monitor, rgw: port }));
  writeFileSync(join(folder, 'keyring'), keyring(), { mode: 0o600 });
  for (const part of ['mon', 'osd', 'rgw']) mkdirSync(join(folder, part));
  const spawn = (program: string, args: readonly string[]): ChildProcess => {
    const child = spawnGuarded(program, ['-c', conf, ...args, '-f'], { cwd: folder, stdio: 'ignore' });
    started.push(child);
    return child;
  };
  const monmap = join(folder, 'monmap');
  await must('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', monitor, monmap]);
  await must('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', monmap, '--keyring', join(folder, 'keyring')]);
  const mon = spawn('ceph-mon', ['-i', 'a']);
  const ceph = (...args: string[]) => runTool('ceph', ['-c', conf, '--connect-timeout', '5', ...args]);
  await waitFor('ceph-mon', async () => (await ceph('mon', 'stat')).code === 0, mon);
  const osdId = randomUUID();
  await must('ceph', ['-c', conf, 'osd', 'new', osdId, '0']);
  await must('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', osdId]);
  const osd = spawn('ceph-osd', ['-i', '0']);
  await waitFor('ceph-osd', async () => (await ceph('osd', 'stat')).output.includes('1 up'), osd);
  const rgw = spawn('radosgw', ['-n', 'client.rgw']);
  const answers = async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.ok === true;
  await waitFor('radosgw', answers, rgw);
  const { accessKeyId, secretAccessKey } = STORE_CREDENTIALS;
  const user = [
    '--uid',
    'earshot',
    '--display-name',
    'Earshot',
    '--access-key',
    accessKeyId,
    '--secret-key',
    secretAccessKey,
  ];
  await must('radosgw-admin', ['-c', conf, '-n', 'client.rgw', 'user', 'create', ...user]);
}

/** Starts a Ceph object gateway on a free loopback port, with its data in memory; takes about fifteen seconds. */
export async function startCephRgw(): Promise<RunningObjectStore> {
  const reason = whyNoCephRgw();
  if (reason) throw new Error(reason);
  const folder = makeTempDir('ceph');
  const port = await findFreePort();
  const started: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of started.reverse()) await stopGuarded(child, 3000);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await startParts(folder, port, started);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...objectStoreAccess(`http://127.0.0.1:${port}`), stop };
}
