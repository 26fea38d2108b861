// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../earshot-error.ts';
import type { SkipReason } from './filter-object.ts';

export interface FailureLine {
  readonly id: string;
  readonly key: string;
  readonly stage: string;
  readonly code: string;
  readonly reason: string;
}

export interface FailureCount {
  readonly stage: string;
  readonly code: string;
  readonly count: number;
}

/** `listed = indexed + unchanged + skipped + failed`; what an interrupted run did not settle is `pending`. */
export interface Counts {
  readonly listed: number;
  readonly indexed: number;
  /** Of `indexed`: the same bytes were indexed before, so their vectors were taken from there. */
  readonly reused: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly deleted: number;
}

const MOST_FAILURE_LINES = 100;

/** What happened to the objects of one run in one space. */
export class Tally {
  private seen = 0;
  private readonly settled = { indexed: 0, unchanged: 0, skipped: 0, failed: 0 };
  private deletedCount = 0;
  private reusedCount = 0;
  readonly skippedBy: Partial<Record<SkipReason, number>> = {};
  readonly failures: FailureLine[] = [];
  private readonly failureCounts = new Map<string, FailureCount>();
  /** Objects that need work, and how many of them are done. */
  planned = 0;
  plannedBytes = 0;
  done = 0;
  doneBytes = 0;
  audioSeconds = 0;
  /** Of these, what the service had to embed. */
  embeddedSeconds = 0;

  see(): void {
    this.seen++;
  }

  indexed({ audioSeconds, isReused }: { readonly audioSeconds: number; readonly isReused: boolean }): void {
    this.settled.indexed++;
    this.audioSeconds += audioSeconds;
    if (isReused) this.reusedCount++;
    else this.embeddedSeconds += audioSeconds;
  }

  unchanged(): void {
    this.settled.unchanged++;
  }

  skipped(reason: SkipReason): void {
    this.settled.skipped++;
    this.skippedBy[reason] = (this.skippedBy[reason] ?? 0) + 1;
  }

  failed(line: FailureLine): void {
    this.settled.failed++;
    const { stage, code } = line;
    const id = `${stage} ${code}`;
    this.failureCounts.set(id, { stage, code, count: (this.failureCounts.get(id)?.count ?? 0) + 1 });
    if (this.failures.length < MOST_FAILURE_LINES) this.failures.push(line);
  }

  failedBy(): readonly FailureCount[] {
    return [...this.failureCounts.values()];
  }

  /** An object that needed work has been dealt with. */
  finishOne(bytes: number): void {
    this.done++;
    this.doneBytes += bytes;
  }

  deleted(): void {
    this.deletedCount++;
  }

  get pending(): number {
    const { indexed, unchanged, skipped, failed } = this.settled;
    return this.seen - indexed - unchanged - skipped - failed;
  }

  counts(): Counts {
    const { indexed, ...others } = this.settled;
    const listed = this.seen - this.pending;
    return { listed, indexed, reused: this.reusedCount, ...others, deleted: this.deletedCount };
  }

  /** @throws EarshotError SUMS_DIFFER when an object was settled twice, or not at all in a run that came to its end */
  check(isFinished: boolean): void {
    if (this.pending === 0 || (this.pending > 0 && !isFinished)) return;
    throw new EarshotError(
      'SUMS_DIFFER',
      `${this.seen} objects were listed, ${this.seen - this.pending} accounted for`,
    );
  }
}
