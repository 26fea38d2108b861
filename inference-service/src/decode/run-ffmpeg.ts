// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Decoder } from './decoder.ts';
import { createFfmpegLog, type FfmpegFacts } from './ffmpeg-log.ts';
import { createMonoCollector, type MonoCollector } from './mono-collector.ts';
import type { SamplePlan } from './sample-plan.ts';

export interface FfmpegRun {
  readonly facts: FfmpegFacts;
  readonly exitCode: number | null;
  /** Signal that ended the child, e.g. SIGXCPU at the CPU limit. */
  readonly killedBy: NodeJS.Signals | null;
  /** Stopped by us because more samples came than were planned for. */
  readonly hasOverflown: boolean;
  readonly samples: Float32Array;
  readonly framesSeen: number;
}

export interface FfmpegRunOptions {
  readonly decoder: Decoder;
  readonly args: readonly string[];
  readonly path: string;
  readonly plan: SamplePlan;
  readonly sampleRateHz: number;
  readonly signal: AbortSignal;
}

/** Nobody hears more; a header that declares more is an attack on memory. */
const MOST_CHANNELS = 64;
/** Output held back until the log has said how many channels it has. */
const MOST_HELD_BYTES = 4 * 1024 * 1024;

interface Output {
  readonly collector: MonoCollector | undefined;
  accept(bytes: Buffer): boolean;
  setChannels(channels: number): void;
}

/** Samples may arrive before the log line with the channel count: they wait here. */
function createOutput(plan: SamplePlan, mostFrames: number): Output {
  let collector: MonoCollector | undefined;
  let held: Buffer[] = [];
  let heldBytes = 0;
  return {
    get collector() {
      return collector;
    },
    setChannels(channels) {
      if (channels < 1 || channels > MOST_CHANNELS) return;
      collector = createMonoCollector(channels, plan);
      for (const bytes of held) collector.push(bytes);
      held = [];
    },
    accept(bytes) {
      if (collector !== undefined) {
        collector.push(bytes);
        return collector.framesSeen <= mostFrames;
      }
      held.push(bytes);
      heldBytes += bytes.length;
      return heldBytes <= MOST_HELD_BYTES;
    },
  };
}

/** Kills the child at once when the signal fires; the returned function takes the listener away. */
function killOnAbort(child: ChildProcess, signal: AbortSignal): () => void {
  const kill = () => child.kill('SIGKILL');
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  return () => signal.removeEventListener('abort', kill);
}

/** One child for one file: no shell, an environment of two variables, nothing on stdin. */
export function runFfmpeg(options: FfmpegRunOptions): Promise<FfmpegRun> {
  const { decoder, args, path, plan, sampleRateHz, signal } = options;
  const [command = decoder.path, ...words] = [...decoder.limits, decoder.path, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: dirname(path),
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const release = killOnAbort(child, signal);
    // Two seconds beyond what -t lets through: only a decoder that ignores -t gets there.
    const output = createOutput(plan, Math.ceil((plan.readSeconds + 2) * sampleRateHz));
    const log = createFfmpegLog((channels) => output.setChannels(channels));
    let hasOverflown = false;
    child.stderr.on('data', (bytes: Buffer) => log.push(bytes));
    child.stdout.on('data', (bytes: Buffer) => {
      if (hasOverflown || output.accept(bytes)) return;
      hasOverflown = true;
      child.kill('SIGKILL');
    });
    child.once('error', (cause) => {
      release();
      reject(cause);
    });
    child.once('close', (exitCode, killedBy) => {
      release();
      log.end();
      const samples = output.collector?.samples() ?? new Float32Array(0);
      const framesSeen = output.collector?.framesSeen ?? 0;
      resolve({ facts: log.facts, exitCode, killedBy, hasOverflown, samples, framesSeen });
    });
  });
}
