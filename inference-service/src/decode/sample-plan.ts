// SPDX-License-Identifier: Apache-2.0

export interface ExcerptRequest {
  /** Rate of the samples wanted; the file's own rate does not matter. */
  readonly sampleRateHz: number;
  /** A recording (or an excerpt's end) beyond this is `audio_too_long`. */
  readonly maxSeconds: number;
  readonly offsetSeconds?: number | undefined;
  readonly durationSeconds?: number | undefined;
}

/** Which frames of the resampled recording are kept. */
export interface SamplePlan {
  readonly skipFrames: number;
  /** One past the last frame that is kept. */
  readonly endFrame: number;
  /** More frames than this make the recording too long; infinite when a fitting excerpt was asked for. */
  readonly maxFrames: number;
  /** How much the decoder reads: a little more than is kept, so that an excerpt equals the same part of the whole. */
  readonly readSeconds: number;
}

/** Longer than the resampler's filter at any rate, so that its end lies outside what is kept. */
const FILTER_TAIL_SECONDS = 0.5;

/** Offset and duration in seconds → frame numbers at the target rate. */
export function planSamples(request: ExcerptRequest): SamplePlan {
  const { sampleRateHz, maxSeconds, offsetSeconds = 0, durationSeconds } = request;
  const wantedEnd = durationSeconds === undefined ? Number.POSITIVE_INFINITY : offsetSeconds + durationSeconds;
  const endSeconds = Math.min(wantedEnd, maxSeconds);
  const maxFrames = Math.round(maxSeconds * sampleRateHz);
  return {
    skipFrames: Math.round(offsetSeconds * sampleRateHz),
    endFrame: Math.round(endSeconds * sampleRateHz),
    maxFrames: wantedEnd <= maxSeconds ? Number.POSITIVE_INFINITY : maxFrames,
    readSeconds: endSeconds + FILTER_TAIL_SECONDS,
  };
}
