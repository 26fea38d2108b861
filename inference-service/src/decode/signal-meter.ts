// SPDX-License-Identifier: Apache-2.0

const LARGEST_PEAK = 127;
/** Blocks kept for drawing: six times the most peaks anybody may ask for. */
const MOST_BLOCKS = 65_536;

export interface SignalMeter {
  push(samples: Float32Array): void;
  /** RMS level in dB relative to full scale (a full-scale square wave is 0); null for digital silence. */
  loudnessDbfs(): number | null;
  /**
   * Waveform for drawing: the largest absolute sample in each of `count` equal parts, 0…127 for 0…1 (beyond 1 clips).
   * Parts without a sample (more parts than samples) repeat the sample they fall on. Exact below 65,536 samples; in
   * longer recordings an edge between parts may lie up to 1/32,768 of the recording away.
   */
  peaks(count: number): number[];
  /** It has been read for the last time: the next meter takes over its room. */
  release(): void;
}

/** Room that meters have left: a quarter of a megabyte anew for every recording would be a third of all garbage. */
const spare: Int32Array[] = [];
const MOST_SPARE = 16;

/** Takes the sign away from the bits of a float32. What is left is in the order of the absolute values. */
const WITHOUT_SIGN = 0x7fffffff;

/** The larger of two numbers from 0 to 2³¹ − 1, without a branch that a processor would guess wrongly every other time. */
const largerOf = (a: number, b: number): number => {
  const less = (a - b) | 0;
  return (a - (less & (less >> 31))) | 0;
};

/** Makes one block of every two. @returns how many blocks are left */
function joinPairs(blocks: Int32Array, filled: number): number {
  for (let at = 0; at < filled; at += 2) blocks[at >> 1] = largerOf(blocks[at] as number, blocks[at + 1] as number);
  return filled / 2;
}

/** Four sums at once: each addition of a single one would wait for the one before. */
function sumSquares(samples: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const inFours = samples.length - (samples.length % 4);
  for (let at = 0; at < inFours; at += 4) {
    const p = samples[at] as number;
    const q = samples[at + 1] as number;
    const r = samples[at + 2] as number;
    const s = samples[at + 3] as number;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (let at = inFours; at < samples.length; at++) a += (samples[at] as number) * (samples[at] as number);
  return a + b + (c + d);
}

/**
 * Level and waveform of a stream whose length is not known beforehand, in bounded memory. Every sample of every recording
 * passes here: loops keep to variables of their own, since numbers in shared ones and in arguments go to the heap.
 */
export function createSignalMeter(): SignalMeter {
  let sumOfSquares = 0;
  let total = 0;
  /** Largest absolute sample of each `blockSamples` samples, as bits; the first `filled` count. */
  const blocks = spare.pop() ?? new Int32Array(MOST_BLOCKS);
  const levels = new Float32Array(blocks.buffer);
  let filled = 0;
  let blockSamples = 1;
  /** Of the block being filled: its largest sample, as bits, and how many it still takes. */
  let peak = 0;
  let room = 1;

  /** Blocks of one sample each. @returns how many samples were taken */
  function pushSingles(samples: Int32Array): number {
    const from = filled;
    const count = Math.min(samples.length, MOST_BLOCKS - from);
    for (let at = 0; at < count; at++) blocks[from + at] = (samples[at] as number) & WITHOUT_SIGN;
    filled += count;
    return count;
  }

  /** Until the samples end or the blocks are full. @returns one past the last sample that was taken */
  function pushLong(samples: Int32Array, from: number): number {
    let largest = peak;
    let left = room;
    let next = filled;
    let at = from;
    while (at < samples.length && next < MOST_BLOCKS) {
      const to = Math.min(samples.length, at + left);
      left -= to - at;
      for (; at < to; at++) largest = largerOf(largest, (samples[at] as number) & WITHOUT_SIGN);
      if (left > 0) break;
      blocks[next++] = largest;
      largest = 0;
      left = blockSamples;
    }
    peak = largest;
    room = left;
    filled = next;
    return at;
  }

  return {
    push(samples) {
      const bits = new Int32Array(samples.buffer, samples.byteOffset, samples.length);
      for (let at = 0; at < bits.length; ) {
        at = blockSamples === 1 ? pushSingles(bits) : pushLong(bits, at);
        if (filled < MOST_BLOCKS) continue;
        filled = joinPairs(blocks, filled);
        blockSamples *= 2;
        room = blockSamples;
      }
      sumOfSquares += sumSquares(samples);
      total += samples.length;
    },
    loudnessDbfs: () => (sumOfSquares === 0 ? null : 10 * Math.log10(sumOfSquares / total)),
    peaks: (count) => {
      const parts: number[] = [];
      const [open = 0] = new Float32Array(Int32Array.of(peak).buffer);
      for (let part = 0; part < count; part++) {
        const from = Math.floor((part * total) / (blockSamples * count));
        const to = Math.max(from + 1, Math.floor(((part + 1) * total) / (blockSamples * count)));
        let level = from <= filled && filled < to ? open : 0;
        for (let block = from; block < to && block < filled; block++) level = Math.max(level, levels[block] as number);
        parts.push(Math.min(LARGEST_PEAK, Math.round(LARGEST_PEAK * level)));
      }
      return parts;
    },
    release: () => {
      if (spare.length < MOST_SPARE) spare.push(blocks);
    },
  };
}
