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

/** Largest of each two neighbours. */
function halve(blocks: number[]): number[] {
  const halved: number[] = [];
  for (let at = 0; at < blocks.length; at += 2) halved.push(Math.max(blocks[at] ?? 0, blocks[at + 1] ?? 0));
  return halved;
}

/** Level and waveform of a stream whose length is not known beforehand, in bounded memory. */
export function createSignalMeter(): SignalMeter {
  let sumOfSquares = 0;
  let total = 0;
  /** Largest absolute sample of each `blockSamples` samples. */
  let blocks: number[] = [];
  let blockSamples = 1;
  /** Of the block being filled: its largest sample, and how many it still takes. */
  let peak = 0;
  let room = 1;

  function finishBlock(): void {
    blocks.push(peak);
    if (blocks.length === MOST_BLOCKS) {
      blocks = halve(blocks);
      blockSamples *= 2;
    }
    peak = 0;
    room = blockSamples;
  }

  return {
    push(samples) {
      for (const value of samples) {
        sumOfSquares += value * value;
        peak = Math.max(peak, Math.abs(value));
        room -= 1;
        if (room === 0) finishBlock();
      }
      total += samples.length;
    },
    loudnessDbfs: () => (sumOfSquares === 0 ? null : 10 * Math.log10(sumOfSquares / total)),
    peaks: (count) => {
      const levels = room === blockSamples ? blocks : [...blocks, peak];
      return Array.from({ length: count }, (_, part) => {
        const from = Math.floor((part * total) / (blockSamples * count));
        const to = Math.max(from + 1, Math.floor(((part + 1) * total) / (blockSamples * count)));
        let level = 0;
        for (let block = from; block < to; block++) level = Math.max(level, levels[block] ?? 0);
        return Math.min(LARGEST_PEAK, Math.round(LARGEST_PEAK * level));
      });
    },
  };
}
