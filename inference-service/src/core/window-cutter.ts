// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { isSilent } from './is-silent.ts';

/** One window of a recording. */
export interface Window {
  /** Samples from the start of the part looked at. */
  readonly startSample: number;
  readonly endSample: number;
  /** `windowSamples` long, filled up where the recording is shorter; null where nothing sounds. */
  readonly samples: Float32Array | null;
}

export interface WindowCutter {
  /** Takes further samples, which stay as they are, and gives the windows they complete. Take all before the next push. */
  push(samples: Float32Array): Iterator<Window>;
  /** The recording is over: the windows that its end makes. */
  finish(): Iterable<Window>;
  readonly totalSamples: number;
}

/** A rest of less than this share of a window gets no window of its own: it would repeat the one before. */
const NEGLIGIBLE_REST = 0.02;

/** Fills up a short part with zeros, or with itself again from its start: until the window is full, or only as whole. */
export function padWindow(part: Float32Array, windowSamples: number, padding: Card['input']['padding']): Float32Array {
  const window = new Float32Array(windowSamples);
  window.set(part);
  if (padding === 'zero' || part.length === 0) return window;
  const end = padding === 'repeat' ? windowSamples : windowSamples - (windowSamples % part.length);
  for (let filled = part.length; filled < end; filled += part.length)
    window.set(part.subarray(0, windowSamples - filled), filled);
  return window;
}

/**
 * Cuts a stream of samples into windows that start at 0, hop, 2·hop …; a last one ends with the recording, so that all
 * but a negligible rest is covered. A recording shorter than one window gives one window, filled up as the card says.
 * Holds little more than one window of samples, or what was given at once.
 * @param alignSamples where windows are made of frames of so many samples: the last one then begins with a frame too, and
 *   all but a part of a frame is covered
 */
export function createWindowCutter(input: Card['input'], hopSamples: number, alignSamples?: number): WindowCutter {
  const { windowSamples, padding } = input;
  const mostUncovered = alignSamples === undefined ? windowSamples * NEGLIGIBLE_REST : alignSamples - 1;
  let buffer: Float32Array = new Float32Array(0);
  /** Whether the buffer was made here: what was given is cut as it lies there, and never written to. */
  let isOwn = false;
  /** Sample of the recording that lies at the start of the buffer, and one past the last that is in it. */
  let from = 0;
  let total = 0;
  let nextStart = 0;

  /** Where a window begins that ends with the samples given so far. */
  const lastStart = (): number => {
    const start = Math.max(0, total - windowSamples);
    return start - (start % (alignSamples ?? 1));
  };

  /** Only the last window's worth may still be needed, besides what the next window starts with. */
  function append(samples: Float32Array): void {
    const keepFrom = Math.max(from, Math.min(nextStart, lastStart()));
    const kept = buffer.subarray(keepFrom - from, total - from);
    if (kept.length === 0 && samples.length >= windowSamples) {
      buffer = samples;
      isOwn = false;
      from = total;
      total += samples.length;
      return;
    }
    if (!isOwn || total - from + samples.length > buffer.length) {
      const needed = kept.length + samples.length;
      const roomy = isOwn && needed <= buffer.length ? buffer : new Float32Array(Math.max(needed, windowSamples) * 2);
      roomy.set(kept);
      buffer = roomy;
      isOwn = true;
      from = keepFrom;
    }
    buffer.set(samples, total - from);
    total += samples.length;
  }

  function cut(startSample: number, endSample: number): Window {
    const part = buffer.subarray(startSample - from, endSample - from);
    if (isSilent(part)) return { startSample, endSample, samples: null };
    const isWhole = part.length === windowSamples;
    const whole = isOwn ? part.slice() : part;
    return { startSample, endSample, samples: isWhole ? whole : padWindow(part, windowSamples, padding) };
  }

  return {
    *push(samples) {
      append(samples);
      for (; nextStart + windowSamples <= total; nextStart += hopSamples)
        yield cut(nextStart, nextStart + windowSamples);
    },
    *finish() {
      if (total === 0) return;
      const covered = nextStart === 0 ? 0 : nextStart - hopSamples + windowSamples;
      if (covered > 0 && total - covered <= mostUncovered) return;
      const start = lastStart();
      yield cut(start, Math.min(total, start + windowSamples));
    },
    get totalSamples() {
      return total;
    },
  };
}
