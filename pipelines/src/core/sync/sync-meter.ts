// SPDX-License-Identifier: Apache-2.0

export type MeteredStage = 'get' | 'embed' | 'index';
export type RetryKind = 'get' | 'embed' | 'bulk';
export type Retries = Readonly<Record<RetryKind, number>>;

/** Told of every stage that ended; seconds. */
export type StageObserver = (stage: MeteredStage, seconds: number) => void;

interface InFlight {
  readonly bytes: number;
  readonly since: number;
}

/** What is under way in one run, and what had to be done again. */
export class SyncMeter {
  private readonly observe: StageObserver;
  private readonly inFlight = new Set<InFlight>();
  private readonly again = { get: 0, embed: 0 };
  /** Of the sources' objects, fetched by this run. */
  fetchedBytes = 0;

  constructor(observe: StageObserver = () => undefined) {
    this.observe = observe;
  }

  /** A recording is at hand, until the function given back is called. */
  enter(bytes: number): () => void {
    this.fetchedBytes += bytes;
    const one: InFlight = { bytes, since: performance.now() };
    this.inFlight.add(one);
    return () => void this.inFlight.delete(one);
  }

  retried(kind: 'get' | 'embed', times = 1): void {
    this.again[kind] += times;
  }

  /** @param began as `performance.now()` says */
  ended(stage: MeteredStage, began: number): void {
    this.observe(stage, (performance.now() - began) / 1000);
  }

  get retries(): Omit<Retries, 'bulk'> {
    return { ...this.again };
  }

  get objectsInFlight(): number {
    return this.inFlight.size;
  }

  get bytesInFlight(): number {
    return [...this.inFlight].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** How long the oldest recording in flight has been so; 0 when none is. */
  get oldestSeconds(): number {
    const [oldest] = this.inFlight;
    return oldest ? (performance.now() - oldest.since) / 1000 : 0;
  }
}
