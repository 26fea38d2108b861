// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const NVIDIA_DRIVER_DIR = '/proc/driver/nvidia/gpus';
const QUERY_TIMEOUT_MS = 5000;

/** What one host runs on. */
export interface Device {
  /** As in EARSHOT_DEVICES. */
  readonly name: string;
  /** Execution providers to try, in order. */
  readonly eps: readonly string[];
  /** Which GPU, for CUDA. */
  readonly deviceId: number;
}

export interface DevicePlan {
  readonly devices: readonly Device[];
  /** Further GPUs, worth a host each once CUDA has proved to work on the first. */
  readonly onceCudaWorks: readonly Device[];
}

/** Those that CUDA will show to the hosts, which it renumbers from 0; undefined when nothing is hidden. */
function countVisible(visible: string | undefined): number | undefined {
  if (visible === undefined) return undefined;
  const names = visible.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => name === '' || name.startsWith('-') || name === 'NoDevFiles');
  return end < 0 ? names.length : end;
}

/**
 * NVIDIA GPUs that CUDA would show, asked of the driver without loading CUDA.
 * @param env PATH to find nvidia-smi by, and CUDA_VISIBLE_DEVICES
 */
export async function countGpus(env: NodeJS.ProcessEnv): Promise<number> {
  const visible = countVisible(env.CUDA_VISIBLE_DEVICES);
  if (visible !== undefined) return visible;
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', ['--query-gpu=index', '--format=csv,noheader'], {
      env: { PATH: env.PATH },
      timeout: QUERY_TIMEOUT_MS,
    });
    return stdout.split('\n').filter((line) => /^\d+\s*$/.test(line)).length;
  } catch {
    return (await readdir(NVIDIA_DRIVER_DIR).catch(() => [])).length;
  }
}

/** The device of one entry of EARSHOT_DEVICES: one provider, no other instead. */
function namedDevice(name: string): Device {
  const [ep = name, index = '0'] = name.split(':');
  return { name: ep === 'cuda' ? `cuda:${index}` : name, eps: [ep], deviceId: Number(index) };
}

/**
 * @param names entries of EARSHOT_DEVICES; empty: one host on the first provider of `eps` that works, and one more for
 *   each further GPU when that is CUDA
 */
export async function planDevices(
  names: readonly string[],
  eps: readonly string[],
  count: () => Promise<number>,
): Promise<DevicePlan> {
  if (names.length > 0) return { devices: names.map(namedDevice), onceCudaWorks: [] };
  const gpus = eps.includes('cuda') ? await count() : 0;
  const further = Array.from({ length: Math.max(0, gpus - 1) }, (_, index) => namedDevice(`cuda:${index + 1}`));
  return { devices: [{ name: 'auto', eps, deviceId: 0 }], onceCudaWorks: further };
}
