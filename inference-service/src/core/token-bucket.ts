// SPDX-License-Identifier: Apache-2.0

const MS_PER_MINUTE = 60_000;

export interface TokenBucket {
  /** Takes tokens whether they are there or not: what was not known before may leave a debt. */
  take(count: number): void;
  /** Seconds until so many tokens are there; 0 when they are. */
  secondsUntil(count: number): number;
}

/**
 * An allowance per minute: full at first, so a burst of a minute's worth is fine, and filled evenly.
 * @param now ms
 */
export function createTokenBucket(perMinute: number, now: () => number): TokenBucket {
  let tokens = perMinute;
  let filledAt = now();
  const fill = (): void => {
    const at = now();
    tokens = Math.min(perMinute, tokens + ((at - filledAt) * perMinute) / MS_PER_MINUTE);
    filledAt = at;
  };
  return {
    take: (count) => {
      fill();
      tokens -= count;
    },
    secondsUntil: (count) => {
      fill();
      return (Math.max(0, count - tokens) * 60) / perMinute;
    },
  };
}
