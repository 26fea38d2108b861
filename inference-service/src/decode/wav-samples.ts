// SPDX-License-Identifier: Apache-2.0
import type { FileHandle } from 'node:fs/promises';
import { createMonoStream, type MonoStream } from './mono-stream.ts';
import type { SamplePlan } from './sample-plan.ts';
import type { SampleSink } from './sample-sink.ts';
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
  { plan, sink }: { readonly plan: SamplePlan; readonly sink: SampleSink },
): Promise<MonoStream> {
  const { encoding, bits, channels } = layout.format;
  const stream = createMonoStream(channels, plan);
  const read = READERS[`${encoding}${bits}`];
  if (read === undefined) throw new Error(`No reader for ${encoding} of ${bits} bits.`);
  const frameBytes = (channels * bits) / 8;
  const blockBytes = Math.max(1, Math.floor(BLOCK_BYTES / frameBytes)) * frameBytes;
  const usable = Math.min(layout.dataBytes - (layout.dataBytes % frameBytes), plan.endFrame * frameBytes);
  for (let done = 0; done < usable; ) {
    const length = Math.min(blockBytes, usable - done);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, layout.dataStart + done);
    if (bytesRead === 0) break;
    const samples = stream.push(toFloatBytes(buffer.subarray(0, bytesRead), bits / 8, read));
    if (samples.length > 0) await sink(samples);
    done += bytesRead;
  }
  return stream;
}
