// SPDX-License-Identifier: Apache-2.0

/** Gives a share back; the second call does nothing. */
export type Release = () => void;

interface Waiter {
  readonly amount: number;
  grant(release: Release): void;
}

/**
 * A limited amount of something (bytes, places) that many share. Shares are granted in the order they were asked for, so
 * that a large one is not passed over for ever; one that exceeds the whole budget is granted alone.
 */
export class Budget {
  readonly limit: number;
  private used = 0;
  private highest = 0;
  private readonly waiting = new Set<Waiter>();

  constructor(limit: number) {
    if (!(limit > 0)) throw new RangeError(`a budget of ${limit}`);
    this.limit = limit;
  }

  get inUse(): number {
    return this.used;
  }

  /** The most that was ever in use at once. */
  get peak(): number {
    return this.highest;
  }

  /** Waits for `amount`. @throws the reason of `signal`, when that comes first */
  acquire(amount: number, signal?: AbortSignal): Promise<Release> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiting.delete(waiter);
        reject(signal?.reason);
        this.grantNext();
      };
      const waiter: Waiter = {
        amount: Math.min(amount, this.limit),
        grant: (release) => {
          signal?.removeEventListener('abort', leave);
          resolve(release);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.add(waiter);
      this.grantNext();
    });
  }

  private grantNext(): void {
    for (const waiter of this.waiting) {
      if (this.used + waiter.amount > this.limit) return;
      this.waiting.delete(waiter);
      this.used += waiter.amount;
      this.highest = Math.max(this.highest, this.used);
      waiter.grant(this.releaseOf(waiter.amount));
    }
  }

  private releaseOf(amount: number): Release {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.used -= amount;
      this.grantNext();
    };
  }
}
