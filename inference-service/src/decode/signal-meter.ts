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

/** Level and waveform of a stream whose length is not known beforehand, in bounded memory. */
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

  function finishBlock(largest: number): void {
    blocks[filled++] = largest;
    if (filled === MOST_BLOCKS) {
      for (let at = 0; at < filled; at += 2) blocks[at / 2] = Math.max(blocks[at] ?? 0, blocks[at + 1] ?? 0);
      filled /= 2;
      blockSamples *= 2;
    }
    room = blockSamples;
  }

  return {
    push(samples) {
      // Every sample of every recording passes here: variables of the loop's own are ten times as fast as shared ones.
      let squares = 0;
      let largest = peak;
      for (let at = 0; at < samples.length; ) {
        const end = Math.min(samples.length, at + room);
        room -= end - at;
        for (; at < end; at++) {
          const value = samples[at] ?? 0;
          squares += value * value;
          largest = Math.max(largest, Math.abs(value));
        }
        if (room > 0) break;
        finishBlock(largest);
        largest = 0;
      }
      peak = largest;
      sumOfSquares += squares;
      total += samples.length;
    },
    loudnessDbfs: () => (sumOfSquares === 0 ? null : 10 * Math.log10(sumOfSquares / total)),
    peaks: (count) => {
      const levelOf = (block: number): number => (block < filled ? (blocks[block] ?? 0) : block === filled ? peak : 0);
      return Array.from({ length: count }, (_, part) => {
        const from = Math.floor((part * total) / (blockSamples * count));
        const to = Math.max(from + 1, Math.floor(((part + 1) * total) / (blockSamples * count)));
        let level = 0;
        for (let block = from; block < to; block++) level = Math.max(level, levelOf(block));
        return Math.min(LARGEST_PEAK, Math.round(LARGEST_PEAK * level));
      });
    },
  };
}
