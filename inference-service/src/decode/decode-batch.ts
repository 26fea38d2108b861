// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { findNonFinite } from '../core/find-non-finite.ts';
import { isShorterThanDeclared } from './declared-length.ts';
import { infoOf } from './decode-with-ffmpeg.ts';
import type { Decoder, SourceInfo } from './decoder.ts';
import { ffmpegBatchArguments } from './ffmpeg-arguments.ts';
import { createFfmpegLog, type FfmpegFacts } from './ffmpeg-log.ts';
import { createMonoStream } from './mono-stream.ts';
import { allowingBatch } from './process-limits.ts';
import { removeFile } from './remove-file.ts';
import { planSamples, type SamplePlan } from './sample-plan.ts';
import type { SampleSink } from './sample-sink.ts';

/** A file decoded together with others; its samples lie in a file until they are read or discarded. */
export interface BatchMember {
  readonly info: SourceInfo;
  /** Gives the samples to the sink, mono. @returns frames given; undefined when the file must be decoded alone */
  read(sink: SampleSink): Promise<number | undefined>;
  discard(): Promise<void>;
}

export interface BatchOptions {
  readonly decoder: Decoder;
  readonly sampleRateHz: number;
  /** Folder for the samples, in memory where there is one. */
  readonly outputDir: string;
  readonly signal: AbortSignal;
}

/** Longer recordings are decoded alone, as a stream. */
export const LONGEST_IN_BATCH_SECONDS = 60;
/** One minute of eight channels at 48 kHz. */
const MOST_OUTPUT_BYTES = 100_000_000;
const CPU_SECONDS_PER_FILE = 2;
const CPU_SECONDS_LEAST = 20;
const LONGEST_WAIT_MS = 60_000;

/** Runs the decoder to its end. @returns the facts of every input, or undefined when anything at all went wrong */
async function runBatch(
  paths: readonly string[],
  outputs: readonly string[],
  { decoder, sampleRateHz, outputDir, signal, plan }: BatchOptions & { readonly plan: SamplePlan },
): Promise<readonly FfmpegFacts[] | undefined> {
  const args = ffmpegBatchArguments({
    inputs: paths,
    outputs,
    sampleRateHz,
    readSeconds: plan.readSeconds,
    cpuSeconds: CPU_SECONDS_LEAST + CPU_SECONDS_PER_FILE * paths.length,
    refusedCodecs: decoder.refuses,
  });
  const [command = decoder.path, ...words] = [
    ...allowingBatch(decoder.limits, MOST_OUTPUT_BYTES),
    decoder.path,
    ...args,
  ];
  const stop = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
  try {
    stop.throwIfAborted();
    const child = await decoder.launch({ command, args: words, cwd: outputDir, hasOutput: false });
    stop.addEventListener('abort', child.kill, { once: true });
    const log = createFfmpegLog(() => undefined);
    child.stderr.on('data', (bytes: Buffer) => log.push(bytes));
    const { exitCode } = await child.ended;
    log.end();
    return exitCode === 0 && log.inputs.length === paths.length ? log.inputs : undefined;
  } catch {
    // It could not be started, or was stopped: each file alone will tell why.
    return undefined;
  }
}

/** Whether a member's samples can be trusted without looking at the file alone. */
const isSound = (
  facts: FfmpegFacts,
  frames: number,
  measure: { readonly plan: SamplePlan; readonly sampleRateHz: number },
): boolean =>
  frames > 0 &&
  frames <= LONGEST_IN_BATCH_SECONDS * measure.sampleRateHz &&
  !isShorterThanDeclared(facts, frames, measure);

/** Into one buffer of its size: `readFile` reads half a megabyte at a time and joins the pieces. */
async function readWhole(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  const whole = Buffer.allocUnsafeSlow(size);
  let length = 0;
  for (let more = 1; more > 0 && length < size; length += more)
    more = (await file.read(whole, length, size - length, length)).bytesRead;
  return whole.subarray(0, length);
}

/**
 * Decodes several short files in one process, which saves most of what starting one costs.
 * One broken file fails a whole batch, and what the others then gave may be plausible but short: nothing of a failed
 * batch is used, and the caller decodes its members one by one.
 * @param paths absolute paths of files of our own making
 * @returns one member a path, in order, or undefined when the batch failed
 */
export async function decodeBatch(
  paths: readonly string[],
  options: BatchOptions,
): Promise<readonly BatchMember[] | undefined> {
  const { sampleRateHz } = options;
  const plan = planSamples({ sampleRateHz, maxSeconds: LONGEST_IN_BATCH_SECONDS });
  const outputs = paths.map((path) => `${path}.f32`);
  const inputs = await runBatch(paths, outputs, { ...options, plan });
  const isUsable = inputs?.every(({ channels, hasChannelChange }) => channels !== undefined && !hasChannelChange);
  if (!inputs || !isUsable || inputs[0]?.hasDecodeErrors) {
    await Promise.all(outputs.map(removeFile));
    return undefined;
  }
  return inputs.map((facts, index): BatchMember => {
    const path = outputs[index] ?? '';
    return {
      info: infoOf(facts),
      discard: () => removeFile(path),
      read: async (sink) => {
        // Everything is held back until it is known to be whole: what went to the sink cannot be taken back.
        const stream = createMonoStream(facts.channels ?? 1, { ...plan, endFrame: Number.POSITIVE_INFINITY });
        const samples = stream.push(await readWhole(path));
        if (findNonFinite(samples) >= 0 || !isSound(facts, stream.framesSeen, { plan, sampleRateHz })) return undefined;
        await sink(samples);
        return stream.framesSeen;
      },
    };
  });
}
