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
}

/** Makes one block of every two. @returns how many blocks are left */
function joinPairs(blocks: Float32Array, filled: number): number {
  for (let at = 0; at < filled; at += 2) blocks[at / 2] = Math.max(blocks[at] as number, blocks[at + 1] as number);
  return filled / 2;
}

/**
 * Level and waveform of a stream whose length is not known beforehand, in bounded memory. Every sample of every recording
 * passes here: loops keep to variables of their own, since numbers in shared ones and in arguments go to the heap.
 */
export function createSignalMeter(): SignalMeter {
  let sumOfSquares = 0;
  let total = 0;
  /** Largest absolute sample of each `blockSamples` samples; the first `filled` count. */
  const blocks = new Float32Array(MOST_BLOCKS);
  let filled = 0;
  let blockSamples = 1;
  /** Of the block being filled: its largest sample, and how many it still takes. */
  let peak = 0;
  let room = 1;

  return {
    push(samples) {
      let squares = 0;
      let largest = peak;
      let left = room;
      let next = filled;
      for (let at = 0; at < samples.length; at++) {
        const value = samples[at] as number;
        squares += value * value;
        largest = Math.max(largest, Math.abs(value));
        if (--left > 0) continue;
        blocks[next++] = largest;
        if (next === MOST_BLOCKS) {
          next = joinPairs(blocks, next);
          blockSamples *= 2;
        }
        left = blockSamples;
        largest = 0;
      }
      peak = largest;
      room = left;
      filled = next;
      sumOfSquares += squares;
      total += samples.length;
    },
    loudnessDbfs: () => (sumOfSquares === 0 ? null : 10 * Math.log10(sumOfSquares / total)),
    peaks: (count) => {
      const parts: number[] = [];
      for (let part = 0; part < count; part++) {
        const from = Math.floor((part * total) / (blockSamples * count));
        const to = Math.max(from + 1, Math.floor(((part + 1) * total) / (blockSamples * count)));
        let level = from <= filled && filled < to ? peak : 0;
        for (let block = from; block < to && block < filled; block++) level = Math.max(level, blocks[block] as number);
        parts.push(Math.min(LARGEST_PEAK, Math.round(LARGEST_PEAK * level)));
      }
      return parts;
    },
  };
}
