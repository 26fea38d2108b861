#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';
import type { Card } from '@earshot/models';
import { createWindowCutter, type Window } from './core/window-cutter.ts';
import { findDecoder, streamFile } from './decode/index.ts';

/**
 * `node windows-main.ts INPUT SECONDS`: cuts recordings into the windows that the service would embed, for programs of
 * other workspaces. INPUT is the `input` of a card as JSON; of a longer recording the first SECONDS count. Each line of stdin
 * is a path as a JSON string; the answers come in that order: a line `{"path","windows","samples"}` and that many windows
 * as raw float32 of this machine (silent ones are left out), or `{"path","code","message"}`. Status 5 without a decoder.
 */
const EXIT_UNAVAILABLE = 5;

interface CutRecording {
  readonly windows: readonly Float32Array[];
  /** Of the part looked at, at the rate of the card. */
  readonly samples: number;
}

async function cutRecording(
  path: string,
  options: Omit<Parameters<typeof streamFile>[1], 'sink'>,
): Promise<CutRecording> {
  const cutter = createWindowCutter(input, input.hopSamples);
  const windows: Float32Array[] = [];
  const keep = ({ samples }: Window): void => {
    if (samples) windows.push(samples);
  };
  const sink = (samples: Float32Array): undefined => {
    const completed = cutter.push(samples);
    for (let next = completed.next(); !next.done; next = completed.next()) keep(next.value);
  };
  await streamFile(path, { ...options, sink });
  for (const window of cutter.finish()) keep(window);
  return { windows, samples: cutter.totalSamples };
}

function write(bytes: string | Uint8Array): Promise<void> | undefined {
  if (process.stdout.write(bytes)) return undefined;
  return new Promise((resolve) => process.stdout.once('drain', resolve));
}

const sayLine = (message: object): Promise<void> | undefined => write(`${JSON.stringify(message)}\n`);

async function answer(path: string, options: Omit<Parameters<typeof streamFile>[1], 'sink'>): Promise<void> {
  try {
    const { windows, samples } = await cutRecording(path, options);
    if (samples < input.minSamples) {
      const message = `The recording has ${samples} samples; the space needs ${input.minSamples}.`;
      await sayLine({ path, code: 'audio_too_short', message });
      return;
    }
    await sayLine({ path, windows: windows.length, samples });
    for (const { buffer, byteOffset, byteLength } of windows)
      await write(new Uint8Array(buffer, byteOffset, byteLength));
  } catch (error) {
    const { code = 'undecodable_audio', message } = error as NodeJS.ErrnoException;
    await sayLine({ path, code, message });
  }
}

// Whoever asked is gone.
process.stdout.on('error', () => process.exit(0));

const input = JSON.parse(process.argv[2] ?? '{}') as Card['input'];
const seconds = Number(process.argv[3]);
try {
  const decoder = await findDecoder(process.env);
  const part = { durationSeconds: seconds, maxSeconds: seconds };
  for await (const line of createInterface({ input: process.stdin }))
    await answer(JSON.parse(line) as string, { decoder, sampleRateHz: input.sampleRateHz, ...part });
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_UNAVAILABLE;
}
