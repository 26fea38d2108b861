// SPDX-License-Identifier: Apache-2.0
import type { BulkOperation, BulkOutcome } from '../ports/bulk-writer.ts';

/** An operation on its way. */
export interface Pending {
  readonly operation: BulkOperation;
  readonly lines: Buffer;
  /** On the clock of the writer: after this no further try begins. */
  readonly deadline: number;
  readonly settle: (outcome: BulkOutcome) => void;
  queuedAt: number;
  /** Back-off: not sent before. */
  notBefore: number;
  attempts: number;
}

interface Limits {
  readonly maxBytes: number;
  readonly maxOperations: number;
  /** A part-filled batch waits so long for company. */
  readonly flushMs: number;
}

/** Operations that wait for a request, in order; at most one of an id is under way, so that equal versions keep order. */
export class BulkQueue {
  private readonly limits: Limits;
  private waiting: Pending[] = [];
  private readonly busyIds = new Set<string>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  get length(): number {
    return this.waiting.length;
  }

  add(...pending: readonly Pending[]): void {
    this.waiting.push(...pending);
  }

  /** Takes everything that waits. */
  clear(): Pending[] {
    return this.waiting.splice(0);
  }

  hold(batch: readonly Pending[]): void {
    for (const { operation } of batch) this.busyIds.add(operation.id);
  }

  release(batch: readonly Pending[]): void {
    for (const { operation } of batch) this.busyIds.delete(operation.id);
  }

  /** The next batch, or undefined while a fuller one is worth waiting for. The caller releases it afterwards. */
  take(now: number, isUrgent: boolean): Pending[] | undefined {
    const chosen = new Set<Pending>();
    const ids = new Set<string>();
    let bytes = 0;
    let isFull = false;
    for (const pending of this.waiting) {
      if (!this.isSendable(pending, now) || ids.has(pending.operation.id)) continue;
      isFull = chosen.size > 0 && bytes + pending.lines.length > this.limits.maxBytes;
      if (isFull) break;
      chosen.add(pending);
      ids.add(pending.operation.id);
      bytes += pending.lines.length;
      isFull = chosen.size >= this.limits.maxOperations;
      if (isFull) break;
    }
    const isDue = isFull || isUrgent || [...chosen].some(({ queuedAt }) => now - queuedAt >= this.limits.flushMs);
    if (chosen.size === 0 || !isDue) return undefined;
    this.waiting = this.waiting.filter((pending) => !chosen.has(pending));
    for (const id of ids) this.busyIds.add(id);
    return [...chosen];
  }

  /** Milliseconds until something may be due, or undefined when nothing waits for the clock. */
  nextDueIn(now: number): number | undefined {
    const times = this.waiting
      .filter(({ operation }) => !this.busyIds.has(operation.id))
      .map(({ queuedAt, notBefore }) => Math.max(queuedAt + this.limits.flushMs, notBefore) - now);
    return times.length === 0 ? undefined : Math.max(0, Math.min(...times));
  }

  private isSendable({ operation, notBefore }: Pending, now: number): boolean {
    return notBefore <= now && !this.busyIds.has(operation.id);
  }
}
