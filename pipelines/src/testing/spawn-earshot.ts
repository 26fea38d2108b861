// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, makeTempDir, REPOSITORY_ROOT, spawnGuarded } from '@earshot/e2e/support';

export interface EndedEarshot {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** By the clock, from the start of the process to its end. */
  readonly seconds: number;
  /** Time on processors, its own and the kernel's for it; 0 where there is no /proc. */
  readonly cpuSeconds: number;
  /** Highest resident memory that was seen, bytes; 0 where there is no /proc. */
  readonly peakRss: number;
}

/** A running command line that can be killed and whose memory is watched. */
export interface SpawnedEarshot {
  readonly ended: Promise<EndedEarshot>;
  /** Resident memory now, bytes; 0 where there is no /proc. */
  rss(): number;
  /** SIGKILL: no handler runs. */
  kill(): void;
}

const SAMPLE_MS = 25;

/** `VmRSS` or `VmHWM` (highest so far) in bytes. */
function readMemory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Linux counts in hundredths of a second. */
function readCpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return 0;
  }
}

/** Starts the command line as a user would, in an environment free of the developer's own settings. */
export function spawnEarshot(args: readonly string[], env: Readonly<Record<string, string>>): SpawnedEarshot {
  const beganAt = performance.now();
  const main = join(REPOSITORY_ROOT, 'pipelines/src/cli/main.ts');
  const child = spawnGuarded(process.execPath, [main, ...args], {
    cwd: makeTempDir('cli'),
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  const most = { peakRss: 0, cpuSeconds: 0 };
  const timer = setInterval(() => {
    most.peakRss = Math.max(most.peakRss, readMemory(pid, 'VmHWM'));
    most.cpuSeconds = Math.max(most.cpuSeconds, readCpuSeconds(pid));
  }, SAMPLE_MS);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  const ended = new Promise<EndedEarshot>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      resolve({ code, ...output, ...most, seconds: (performance.now() - beganAt) / 1000 });
    });
  });
  return { ended, rss: () => readMemory(pid, 'VmRSS'), kill: () => child.kill('SIGKILL') };
}
