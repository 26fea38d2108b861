// SPDX-License-Identifier: Apache-2.0
import type { DecodeInfo } from '../contract/embeddings.ts';
import type { Priority } from './priority-lane.ts';

export interface DecodeRequest {
  /** A spooled file of ours, never a name the client gave. */
  readonly path: string;
  readonly sampleRateHz: number;
  /** Longer recordings are refused with audio_too_long. */
  readonly maxSeconds: number;
  /** The part wanted; the rest of a longer recording is not looked at. */
  readonly offsetSeconds?: number | undefined;
  readonly durationSeconds?: number | undefined;
  /** Keep what a damaged file still gives, marked `truncated`. */
  readonly lenient?: boolean | undefined;
  /** Number of peaks wanted in `info.peaks`. */
  readonly peaks?: number | undefined;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /**
   * Takes the samples of the part wanted, in order, a piece at a time: mono, −1…1, at the requested rate. While a
   * returned promise is pending the decoder waits.
   */
  readonly onSamples: (samples: Float32Array) => Promise<void> | undefined;
}

export interface DecodedRecording {
  readonly info: DecodeInfo;
  /** Waiting for a free decoder, ms. */
  readonly queueMs: number;
  /** Without the time in which nobody took the samples, ms. */
  readonly decodeMs: number;
}

/** Turns a file into samples. Failures are ServiceErrors of the 4xx kind. */
export interface Decoder {
  readonly version: string;
  /** Where it was found: a path or a word. */
  readonly source: string;
  /** Formats it decodes wrongly and therefore refuses. */
  readonly refuses: readonly string[];
  /** What is wrong with a file may show only at its end: the samples given count when this resolves. */
  decode(request: DecodeRequest): Promise<DecodedRecording>;
}
