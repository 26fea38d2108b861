// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import type { ChildEnd, LaunchedChild } from './child-launch.ts';
import { isDeclaredTooLong } from './declared-length.ts';
import { DecodeError } from './decode-error.ts';
import type { Decoder } from './decoder.ts';
import { createFfmpegLog, type FfmpegFacts } from './ffmpeg-log.ts';
import { createMonoStream, type MonoStream } from './mono-stream.ts';
import type { SamplePlan } from './sample-plan.ts';
import type { SampleSink } from './sample-sink.ts';

export interface FfmpegRun extends ChildEnd {
  readonly facts: FfmpegFacts;
  /** Stopped by us because more came than a sane decoder gives. */
  readonly hasOverflown: boolean;
  /** Stopped by us, or ended, because the recording is longer than allowed. */
  readonly isTooLong: boolean;
  readonly framesSeen: number;
  readonly framesKept: number;
}

export interface FfmpegRunOptions {
  readonly decoder: Decoder;
  readonly args: readonly string[];
  readonly path: string;
  readonly plan: SamplePlan;
  readonly sampleRateHz: number;
  readonly signal: AbortSignal;
  readonly sink: SampleSink;
}

/** Nobody hears more; a header that declares more is an attack on memory. */
const MOST_CHANNELS = 64;
/** Output held back until the log has said how many channels it has. */
const MOST_HELD_BYTES = 4 * 1024 * 1024;
/** A decoder that gives nothing for so long, with nobody holding it up, hangs. */
const STALL_MS = 120_000;

interface Output {
  readonly stream: MonoStream | undefined;
  readonly isTooMuch: boolean;
  /** @returns mono samples that are ready */
  accept(bytes: Buffer): Float32Array;
  setChannels(channels: number): void;
}

const NOTHING = new Float32Array(0);

/** Samples may arrive before the log line with the channel count: they wait here. */
function createOutput(plan: SamplePlan, mostFrames: number): Output {
  let stream: MonoStream | undefined;
  let held: Buffer[] = [];
  let heldBytes = 0;
  return {
    get stream() {
      return stream;
    },
    get isTooMuch() {
      return stream === undefined ? heldBytes > MOST_HELD_BYTES : stream.framesSeen > mostFrames;
    },
    setChannels(channels) {
      if (channels >= 1 && channels <= MOST_CHANNELS) stream = createMonoStream(channels, plan);
    },
    accept(bytes) {
      if (stream === undefined) {
        held.push(bytes);
        heldBytes += bytes.length;
        return NOTHING;
      }
      const all = held.length === 0 ? bytes : Buffer.concat([...held, bytes]);
      held = [];
      return stream.push(all);
    },
  };
}

interface StallTimer {
  arm(): void;
  disarm(): void;
  readonly hasFired: boolean;
}

function createStallTimer(ms: number, onStall: () => void): StallTimer {
  let timer: NodeJS.Timeout | undefined;
  let hasFired = false;
  return {
    arm: () => {
      timer = setTimeout(() => {
        hasFired = true;
        onStall();
      }, ms);
    },
    disarm: () => clearTimeout(timer),
    get hasFired() {
      return hasFired;
    },
  };
}

/** Kills the child at once when the signal fires; the returned function takes the listener away. */
function killOnAbort(child: LaunchedChild, signal: AbortSignal): () => void {
  const kill = () => child.kill();
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  return () => signal.removeEventListener('abort', kill);
}

function start({ decoder, args, path }: FfmpegRunOptions): Promise<LaunchedChild> {
  const [command = decoder.path, ...words] = [...decoder.limits, decoder.path, ...args];
  return decoder.launch({ command, args: words, cwd: dirname(path), hasOutput: true });
}

/**
 * One child for one file: no shell, an environment of two variables, nothing on stdin. Output is read only as fast as
 * the sink takes it: a full pipe makes the decoder wait, without using the processor.
 */
export async function runFfmpeg(options: FfmpegRunOptions): Promise<FfmpegRun> {
  const { plan, sampleRateHz, signal, sink } = options;
  const child = await start(options);
  const release = killOnAbort(child, signal);
  // Two seconds beyond what -t lets through: only a decoder that ignores -t gets there.
  const output = createOutput(plan, Math.ceil((plan.readSeconds + 2) * sampleRateHz));
  const log = createFfmpegLog((channels) => output.setChannels(channels));
  child.stderr.on('data', (bytes: Buffer) => log.push(bytes));
  const stall = createStallTimer(STALL_MS, () => child.kill());
  const isTooLong = (): boolean =>
    (output.stream?.framesSeen ?? 0) > plan.maxFrames || isDeclaredTooLong(log.facts, { plan, sampleRateHz });
  try {
    stall.arm();
    for await (const bytes of child.stdout) {
      stall.disarm();
      const samples = output.accept(bytes as Buffer);
      if (output.isTooMuch || isTooLong()) break;
      if (samples.length > 0) await sink(samples);
      stall.arm();
    }
    const isStopped = output.isTooMuch || isTooLong();
    if (isStopped) child.kill();
    const end = await child.ended;
    log.end();
    if (stall.hasFired)
      throw new DecodeError('deadline_exceeded', `The decoder gave nothing for ${STALL_MS / 1000} s.`);
    const held = isStopped ? NOTHING : output.accept(Buffer.alloc(0));
    if (held.length > 0) await sink(held);
    const { framesSeen = 0, framesKept = 0 } = output.stream ?? {};
    const ended = { facts: log.facts, ...end, framesSeen, framesKept };
    return { ...ended, hasOverflown: output.isTooMuch, isTooLong: isTooLong() };
  } finally {
    stall.disarm();
    release();
    child.kill();
  }
}
