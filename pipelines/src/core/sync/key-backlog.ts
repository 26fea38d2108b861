// SPDX-License-Identifier: Apache-2.0

interface Noted {
  readonly firstAt: number;
  lastAt: number;
}

interface Limits {
  /** A key is looked at when nothing was heard of it for so long… */
  readonly quietMs: number;
  /** …or at the latest so long after the first event. */
  readonly patienceMs: number;
}

/** Keys that wait to be looked at, each once however many events name it. Times in ms, of any one clock. */
export class KeyBacklog {
  private readonly limits: Limits;
  private readonly waiting = new Map<string, Noted>();
  private readonly taken = new Map<string, Noted>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Waiting or taken. */
  get size(): number {
    return this.waiting.size + this.taken.size;
  }

  /** Every key that is not settled. */
  *keys(): Generator<string> {
    yield* this.taken.keys();
    for (const key of this.waiting.keys()) if (!this.taken.has(key)) yield key;
  }

  add(key: string, now: number): void {
    const noted = this.waiting.get(key);
    if (noted) noted.lastAt = now;
    else this.waiting.set(key, { firstAt: now, lastAt: now });
  }

  /** Up to `most` keys whose time has come; they are the caller's until settled or given back. */
  take(now: number, most: number): string[] {
    const due: string[] = [];
    for (const [key, noted] of this.waiting) {
      if (due.length >= most) break;
      if (this.dueAt(noted) > now) continue;
      due.push(key);
      this.taken.set(key, noted);
      this.waiting.delete(key);
    }
    return due;
  }

  /** Done. A key that was named again meanwhile waits anew. */
  settle(keys: readonly string[]): void {
    for (const key of keys) this.taken.delete(key);
  }

  giveBack(keys: readonly string[]): void {
    for (const key of keys) {
      const noted = this.taken.get(key);
      this.taken.delete(key);
      if (noted) this.waiting.set(key, { ...noted, lastAt: this.waiting.get(key)?.lastAt ?? noted.lastAt });
    }
  }

  /** When the next key is due; undefined when none waits. */
  nextDueAt(): number | undefined {
    let next: number | undefined;
    for (const noted of this.waiting.values()) next = Math.min(next ?? Number.POSITIVE_INFINITY, this.dueAt(noted));
    return next;
  }

  /** Time of the oldest event that is not settled. */
  oldestAt(): number | undefined {
    let oldest: number | undefined;
    for (const map of [this.taken, this.waiting])
      for (const { firstAt } of map.values()) oldest = Math.min(oldest ?? firstAt, firstAt);
    return oldest;
  }

  private dueAt({ firstAt, lastAt }: Noted): number {
    return Math.min(lastAt + this.limits.quietMs, firstAt + this.limits.patienceMs);
  }
}
