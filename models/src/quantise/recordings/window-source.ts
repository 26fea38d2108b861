// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Card } from '../../card.ts';
import { QuantiseError } from '../quantise-error.ts';
import { createByteReader } from './byte-reader.ts';

/** The windows of one recording, or why there are none. */
export type CutRecording =
  | { readonly windows: readonly Float32Array[] }
  | { readonly code: string; readonly message: string };

/** Cuts recordings, one after the other. */
export interface WindowSource {
  /** @throws QuantiseError DECODER_MISSING when the program has no decoder, or ends by itself */
  cut(path: string): Promise<CutRecording>;
  close(): void;
}

export interface WindowSourceOptions {
  /** `windows-main.ts` of the inference service, which decodes and cuts as the service does. */
  readonly program: string;
  readonly input: Card['input'];
  /** Of a longer recording the first seconds count. */
  readonly maxSeconds: number;
}

interface Answer {
  readonly windows?: number;
  readonly code?: string;
  readonly message?: string;
}

export function createWindowSource({ program, input, maxSeconds }: WindowSourceOptions): WindowSource {
  const child = spawn(process.execPath, [program, JSON.stringify(input), String(maxSeconds)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints = text(child.stderr);
  // A program that has ended shows at the next read; its closed stdin alone is no reason to fall.
  child.stdin.on('error', () => undefined);
  const reader = createByteReader(child.stdout);
  return {
    cut: async (path) => {
      child.stdin.write(`${JSON.stringify(path)}\n`);
      const line = await reader.line();
      if (line === undefined)
        throw new QuantiseError('DECODER_MISSING', `No recording can be decoded: ${(await complaints).trim()}`);
      const { windows: count, code, message = '' } = JSON.parse(line) as Answer;
      if (count === undefined) return { code: code ?? 'undecodable_audio', message };
      const windows: Float32Array[] = [];
      for (let i = 0; i < count; i++) windows.push(new Float32Array(await reader.bytes(input.windowSamples * 4)));
      return { windows };
    },
    close: () => {
      child.stdin.end();
      child.kill();
    },
  };
}
