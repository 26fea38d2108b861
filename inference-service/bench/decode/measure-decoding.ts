// SPDX-License-Identifier: Apache-2.0
import { type BatchMember, decodeBatch } from '../../src/decode/decode-batch.ts';
import { decodeFile } from '../../src/decode/decode-file.ts';
import type { Decoder } from '../../src/decode/decoder.ts';
import { treeCpuMs } from '../support/process-cpu.ts';

/** Cnn14's rate, and spectral's. */
const SAMPLE_RATE_HZ = 32_000;
const MAX_SECONDS = 60;
/** As many as a sync run's batches have at most. */
const FILES_PER_BATCH = 16;

export interface DecodingCost {
  /** CPU time a file, of this process and its decoders together, ms. */
  readonly totalMs: number;
  /** The part of the decoder processes. */
  readonly decoderMs: number;
}

/** CPU time of a task that decodes so many files; the decoders must have ended with it. */
async function costOf(files: number, task: () => Promise<void>): Promise<DecodingCost> {
  const [treeBefore, ownBefore] = [treeCpuMs(process.pid), process.cpuUsage()];
  await task();
  const own = process.cpuUsage(ownBefore);
  const totalMs = treeCpuMs(process.pid) - treeBefore;
  return { totalMs: totalMs / files, decoderMs: (totalMs - (own.user + own.system) / 1000) / files };
}

async function decodeSingly(decoder: Decoder, paths: readonly string[]): Promise<void> {
  for (const path of paths) await decodeFile(path, { decoder, sampleRateHz: SAMPLE_RATE_HZ, maxSeconds: MAX_SECONDS });
}

async function readMember(member: BatchMember): Promise<void> {
  const frames = await member.read(() => undefined);
  await member.discard();
  if (frames === undefined) throw new Error('a file of the batch could not be read');
}

async function decodeTogether(decoder: Decoder, paths: readonly string[], outputDir: string): Promise<void> {
  const signal = new AbortController().signal;
  for (let at = 0; at < paths.length; at += FILES_PER_BATCH) {
    const batch = paths.slice(at, at + FILES_PER_BATCH);
    const members = await decodeBatch(batch, { decoder, sampleRateHz: SAMPLE_RATE_HZ, outputDir, signal });
    if (!members) throw new Error('the batch failed');
    for (const member of members) await readMember(member);
  }
}

/** What one decoder costs for files of one kind, one process a file and sixteen files a process. */
export async function measureDecoding(
  decoder: Decoder,
  paths: readonly string[],
  { rounds, outputDir }: { readonly rounds: number; readonly outputDir: string },
): Promise<{ readonly single: DecodingCost; readonly bulk: DecodingCost }> {
  await decodeSingly(decoder, paths.slice(0, 2));
  const files = paths.length * rounds;
  const repeat = async (task: () => Promise<void>): Promise<void> => {
    for (let round = 0; round < rounds; round++) await task();
  };
  return {
    single: await costOf(files, () => repeat(() => decodeSingly(decoder, paths))),
    bulk: await costOf(files, () => repeat(() => decodeTogether(decoder, paths, outputDir))),
  };
}
