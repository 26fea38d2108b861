// SPDX-License-Identifier: Apache-2.0

/** Length of one of the two spans that are looked at, ms: what happened longer ago no longer counts. */
const SPAN_MS = 5_000;
const MIN_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 60;

export interface DrainRate {
  /** Work begins after a pause: idle time does not count. */
  resume(): void;
  /** So much work has been done, now. */
  record(amount: number): void;
  /** Amount per second over the last 5 to 10 s of work; undefined before the first. */
  perSecond(): number | undefined;
  /** Seconds until so much work is done, whole, clamped to 1…60. */
  retryAfterSeconds(amount: number): number;
}

interface Span {
  readonly since: number;
  amount: number;
}

/** How fast work is being done, as measured. */
export function createDrainRate(now: () => number = () => performance.now()): DrainRate {
  let previous: Span | undefined;
  let current: Span = { since: now(), amount: 0 };
  let last: number | undefined;

  const measure = (): number | undefined => {
    const since = previous?.since ?? current.since;
    const amount = (previous?.amount ?? 0) + current.amount;
    const elapsedMs = now() - since;
    return amount === 0 || elapsedMs <= 0 ? undefined : (amount * 1000) / elapsedMs;
  };
  const perSecond = (): number | undefined => measure() ?? last;

  return {
    resume: () => {
      last = perSecond();
      previous = undefined;
      current = { since: now(), amount: 0 };
    },
    record: (amount) => {
      current.amount += amount;
      if (now() - current.since < SPAN_MS) return;
      last = measure();
      previous = current;
      current = { since: now(), amount: 0 };
    },
    perSecond,
    retryAfterSeconds: (amount) => {
      const rate = perSecond();
      const seconds = rate === undefined ? MIN_RETRY_SECONDS : Math.ceil(amount / rate);
      return Math.min(MAX_RETRY_SECONDS, Math.max(MIN_RETRY_SECONDS, seconds));
    },
  };
}
