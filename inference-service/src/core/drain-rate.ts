// SPDX-License-Identifier: Apache-2.0

/** Weight of the newest batch in the running mean. */
const NEWEST_WEIGHT = 0.2;
const MIN_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 60;

export interface DrainRate {
  /** A batch of so many windows took so long, all waiting inside the engine included. */
  record(windows: number, elapsedMs: number): void;
  /** Seconds until so many windows are done, clamped to 1…60. */
  retryAfterSeconds(windows: number): number;
}

/** Windows per second as measured, exponentially smoothed. */
export function createDrainRate(): DrainRate {
  let windowsPerSecond: number | undefined;
  return {
    record: (windows, elapsedMs) => {
      const rate = (windows * 1000) / Math.max(elapsedMs, 0.1);
      windowsPerSecond =
        windowsPerSecond === undefined ? rate : windowsPerSecond * (1 - NEWEST_WEIGHT) + rate * NEWEST_WEIGHT;
    },
    retryAfterSeconds: (windows) => {
      const seconds = windowsPerSecond === undefined ? MIN_RETRY_SECONDS : Math.ceil(windows / windowsPerSecond);
      return Math.min(MAX_RETRY_SECONDS, Math.max(MIN_RETRY_SECONDS, seconds));
    },
  };
}
