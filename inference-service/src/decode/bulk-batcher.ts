// SPDX-License-Identifier: Apache-2.0
import { open } from 'node:fs/promises';
import { type BatchMember, decodeBatch } from './decode-batch.ts';
import type { DecodePool } from './decode-pool.ts';
import type { Decoder } from './decoder.ts';
import { inspectFile } from './inspect-file.ts';

/**
 * More inputs save hardly more and cost more when one of them is broken; and at every packet ffmpeg looks through all of
 * its outputs: a file of 5 s costs 18 ms of a processor among four, 19 among eight, 23 among sixteen, 20 alone.
 */
const MOST_FILES = 6;
const LARGEST_FILE_BYTES = 2 * 1024 * 1024;

interface Waiting {
  readonly path: string;
  readonly signal: AbortSignal;
  readonly arrivedAt: number;
  resolve(result: BatchResult): void;
}

export interface BatchResult {
  /** Absent where the file must be decoded alone. */
  readonly member: BatchMember | undefined;
  /** Waiting for a free decoder, ms. */
  readonly queueMs: number;
  /** This file's share of the batch, ms. */
  readonly decodeMs: number;
}

export interface BulkBatcher {
  /** Decodes a small file of a bulk run together with others that wait. Discard the member when it has been read. */
  decode(path: string, options: { readonly sampleRateHz: number; readonly signal: AbortSignal }): Promise<BatchResult>;
}

export interface BulkBatcherOptions {
  readonly decoder: Decoder;
  readonly pool: DecodePool;
  /** Folder for decoded samples, in memory where there is one. */
  readonly outputDir: string;
}

const ALONE: BatchResult = { member: undefined, queueMs: 0, decodeMs: 0 };

/** Large, damaged and odd files are decoded alone, and so is what needs no decoder. */
async function isBatchable(path: string, sampleRateHz: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { sizeBytes, hasAudioMagic, wav, isCutOff } = await inspectFile(file);
    const isReadDirectly = wav?.format?.sampleRateHz === sampleRateHz;
    return sizeBytes <= LARGEST_FILE_BYTES && hasAudioMagic && !isCutOff && !wav?.isOpenEnded && !isReadDirectly;
  } finally {
    await file.close();
  }
}

/** Files that wait for a decoder are decoded several at a time: the longer they wait, the more go together. */
export function createBulkBatcher({ decoder, pool, outputDir }: BulkBatcherOptions): BulkBatcher {
  const lines = new Map<number, Waiting[]>();
  /** Rates for which a place in the pool has been asked for and not been got yet. */
  const asked = new Set<number>();

  async function decodeNext(sampleRateHz: number): Promise<void> {
    asked.delete(sampleRateHz);
    const line = lines.get(sampleRateHz) ?? [];
    const batch = line.splice(0, MOST_FILES);
    if (line.length > 0) ask(sampleRateHz);
    if (batch.length === 0) return;
    const startedAt = performance.now();
    const everybodyLeft = new AbortController();
    const checkAudience = (): void => {
      if (batch.every(({ signal }) => signal.aborted)) everybodyLeft.abort();
    };
    for (const { signal } of batch) signal.addEventListener('abort', checkAudience);
    checkAudience();
    const paths = batch.map(({ path }) => path);
    const members = await decodeBatch(paths, { decoder, sampleRateHz, outputDir, signal: everybodyLeft.signal });
    const decodeMs = (performance.now() - startedAt) / batch.length;
    for (const [index, { resolve, arrivedAt, signal }] of batch.entries()) {
      signal.removeEventListener('abort', checkAudience);
      resolve({ member: members?.[index], queueMs: startedAt - arrivedAt, decodeMs });
    }
  }

  /** One place at a time is asked for; until it is free, files gather. */
  function ask(sampleRateHz: number): void {
    if (asked.has(sampleRateHz)) return;
    asked.add(sampleRateHz);
    // decodeBatch does not fail, and the pool refuses nobody who comes back; were it so, files are decoded alone.
    pool
      .run(() => decodeNext(sampleRateHz), { priority: 'bulk' })
      .catch(() => {
        asked.delete(sampleRateHz);
        for (const { resolve } of lines.get(sampleRateHz)?.splice(0) ?? []) resolve(ALONE);
      });
  }

  return {
    decode: async (path, { sampleRateHz, signal }) => {
      if (!(await isBatchable(path, sampleRateHz))) return ALONE;
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<BatchResult>();
      const line = lines.get(sampleRateHz) ?? [];
      lines.set(sampleRateHz, line);
      const waiting: Waiting = { path, signal, arrivedAt: performance.now(), resolve };
      line.push(waiting);
      const onAbort = (): void => {
        const at = line.indexOf(waiting);
        if (at < 0) return;
        line.splice(at, 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      ask(sampleRateHz);
      return promise.finally(() => signal.removeEventListener('abort', onAbort));
    },
  };
}
