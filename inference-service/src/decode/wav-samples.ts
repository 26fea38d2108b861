// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import { createMonoCollector, type MonoCollector } from './mono-collector.ts';
import type { SamplePlan } from './sample-plan.ts';
import type { WavFormat, WavLayout } from './wav-layout.ts';

/** Bytes read at a time; a multiple of every frame size is taken from it. */
const BLOCK_BYTES = 1 << 20;

type Reader = (bytes: Buffer, at: number) => number;

/** The same scaling as libswresample's: full scale is 2^(bits−1), one rounding to float32. */
const READERS: Readonly<Record<string, Reader>> = {
  pcm16: (bytes, at) => bytes.readInt16LE(at) / 0x8000,
  pcm24: (bytes, at) => bytes.readIntLE(at, 3) / 0x800000,
  pcm32: (bytes, at) => bytes.readInt32LE(at) / 0x80000000,
  float32: (bytes, at) => bytes.readFloatLE(at),
};

function toFloatBytes(bytes: Buffer, width: number, read: Reader): Buffer {
  const floats = new Float32Array(Math.floor(bytes.length / width));
  for (let i = 0; i < floats.length; i++) floats[i] = read(bytes, i * width);
  return Buffer.from(floats.buffer);
}

/**
 * Samples of a plain WAV file without a decoder process, where no resampling is needed.
 * Equal to ffmpeg's to the bit (tested).
 */
export async function readWavSamples(
  file: FileHandle,
  layout: WavLayout & { readonly format: WavFormat },
  plan: SamplePlan,
): Promise<MonoCollector> {
  const { encoding, bits, channels } = layout.format;
  const collector = createMonoCollector(channels, plan);
  const read = READERS[`${encoding}${bits}`];
  if (read === undefined) throw new Error(`No reader for ${encoding} of ${bits} bits.`);
  const frameBytes = (channels * bits) / 8;
  const blockBytes = Math.max(1, Math.floor(BLOCK_BYTES / frameBytes)) * frameBytes;
  // One frame past the limit is enough to know that the recording is too long.
  const wanted = (Number.isFinite(plan.maxFrames) ? plan.maxFrames + 1 : plan.endFrame) * frameBytes;
  const usable = Math.min(layout.dataBytes - (layout.dataBytes % frameBytes), wanted);
  for (let done = 0; done < usable; ) {
    const length = Math.min(blockBytes, usable - done);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, layout.dataStart + done);
    if (bytesRead === 0) break;
    collector.push(toFloatBytes(buffer.subarray(0, bytesRead), bits / 8, read));
    done += bytesRead;
  }
  return collector;
}
