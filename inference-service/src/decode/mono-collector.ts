// SPDX-License-Identifier: Apache-2.0
import type { SamplePlan } from './sample-plan.ts';

export interface MonoCollector {
  /** Interleaved float32 in the machine's (little-endian) order; may end in the middle of a frame. */
  push(bytes: Buffer): void;
  /** Mono samples of the planned excerpt. */
  samples(): Float32Array;
  /** Frames seen, kept or not. */
  readonly framesSeen: number;
}

/** Arithmetic mean of the channels of each frame, summed in float64 and rounded once. */
export function meanOfChannels(interleaved: Float32Array, channels: number): Float32Array {
  if (channels === 1) return interleaved;
  const mono = new Float32Array(Math.floor(interleaved.length / channels));
  for (let frame = 0, at = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += interleaved[at++] ?? 0;
    mono[frame] = sum / channels;
  }
  return mono;
}

/** The values of a byte range as float32, copied so that they are aligned and outlive the buffer. */
function floatsOf(bytes: Buffer): Float32Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return new Float32Array(copy.buffer);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Mixes a stream of interleaved samples down while it arrives, so that only the mono excerpt stays in memory. */
export function createMonoCollector(channels: number, plan: SamplePlan): MonoCollector {
  const frameBytes = 4 * channels;
  const parts: Float32Array[] = [];
  let rest = Buffer.alloc(0);
  let framesSeen = 0;

  function keep(mono: Float32Array): void {
    const from = Math.max(0, plan.skipFrames - framesSeen);
    const to = Math.min(mono.length, plan.endFrame - framesSeen);
    if (to > from) parts.push(from === 0 && to === mono.length ? mono : mono.slice(from, to));
    framesSeen += mono.length;
  }

  return {
    push(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const usable = all.length - (all.length % frameBytes);
      rest = Buffer.from(all.subarray(usable));
      if (usable > 0) keep(meanOfChannels(floatsOf(all.subarray(0, usable)), channels));
    },
    samples: () => joined(parts),
    get framesSeen() {
      return framesSeen;
    },
  };
}
