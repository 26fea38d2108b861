// SPDX-License-Identifier: Apache-2.0

/**
 * Takes mono samples in order, a piece at a time. While a returned promise is pending no further piece is given and
 * the decoder waits. A failure ends the decoding with that failure.
 */
export type SampleSink = (samples: Float32Array) => Promise<void> | undefined;

export interface SampleCollector {
  readonly sink: SampleSink;
  /** Everything taken so far, in one piece. */
  samples(): Float32Array;
}

/** Keeps all samples: for short recordings. */
export function createSampleCollector(): SampleCollector {
  const parts: Float32Array[] = [];
  return {
    sink: (samples) => {
      parts.push(samples);
      return undefined;
    },
    samples: () => {
      const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        all.set(part, at);
        at += part.length;
      }
      return all;
    },
  };
}
