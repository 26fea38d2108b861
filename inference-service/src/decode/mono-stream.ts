// SPDX-License-Identifier: Apache-2.0
import type { SamplePlan } from './sample-plan.ts';

export interface MonoStream {
  /**
   * @param bytes interleaved float32 in the machine's (little-endian) order; may end in the middle of a frame. They must
   *   not be written to afterwards: the samples may lie in them
   * @returns mono samples of the planned excerpt that these bytes completed; often all, sometimes none
   */
  push(bytes: Buffer): Float32Array;
  /** Frames seen, kept or not. */
  readonly framesSeen: number;
  readonly framesKept: number;
}

/** Arithmetic mean of the channels of each frame, summed in float64 and rounded once. */
export function meanOfChannels(interleaved: Float32Array, channels: number): Float32Array {
  if (channels === 1) return interleaved;
  const mono = new Float32Array(Math.floor(interleaved.length / channels));
  for (let frame = 0, at = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += interleaved[at++] as number;
    mono[frame] = sum / channels;
  }
  return mono;
}

/** The values of a byte range as float32; copied only where they are not aligned. */
function floatsOf(bytes: Buffer): Float32Array {
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(buffer, byteOffset, length / 4);
}

/** Mixes a stream of interleaved samples down while it arrives, and lets through the planned excerpt only. */
export function createMonoStream(channels: number, plan: SamplePlan): MonoStream {
  const frameBytes = 4 * channels;
  let rest = Buffer.alloc(0);
  let framesSeen = 0;
  let framesKept = 0;

  function keep(mono: Float32Array): Float32Array {
    const from = Math.min(mono.length, Math.max(0, plan.skipFrames - framesSeen));
    const to = Math.max(from, Math.min(mono.length, plan.endFrame - framesSeen));
    framesSeen += mono.length;
    framesKept += to - from;
    return mono.subarray(from, to);
  }

  return {
    push(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const usable = all.length - (all.length % frameBytes);
      rest = Buffer.from(all.subarray(usable));
      return keep(meanOfChannels(floatsOf(all.subarray(0, usable)), channels));
    },
    get framesSeen() {
      return framesSeen;
    },
    get framesKept() {
      return framesKept;
    },
  };
}
