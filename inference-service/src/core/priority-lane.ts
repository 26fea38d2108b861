// SPDX-License-Identifier: Apache-2.0

export type Priority = 'interactive' | 'bulk';

/** Bulk work that has waited this long goes first: a steady stream of queries must not starve a sync. */
const AGEING_MS = 10_000;

interface Waiting {
  readonly priority: Priority;
  readonly submittedAt: number;
}

export interface PriorityLane<T extends Waiting> {
  add(entry: T): void;
  remove(entry: T): void;
  has(entry: T): boolean;
  /** The entry to serve next, left in the lane. */
  peek(): T | undefined;
  /** The entries that may be served next, the first one first: another one where that one does not fit. */
  candidates(): readonly T[];
  entries(): Iterable<T>;
  readonly size: number;
}

/** First come, first served, interactive before bulk, with ageing. */
export function createPriorityLane<T extends Waiting>(now: () => number): PriorityLane<T> {
  const lanes: Record<Priority, Set<T>> = { interactive: new Set(), bulk: new Set() };
  const firstOf = (priority: Priority): T | undefined => lanes[priority].values().next().value;
  const candidates = (): readonly T[] => {
    const [interactive, bulk] = [firstOf('interactive'), firstOf('bulk')];
    if (!interactive || !bulk) return [interactive ?? bulk].filter((entry) => entry !== undefined);
    return now() - bulk.submittedAt >= AGEING_MS ? [bulk, interactive] : [interactive, bulk];
  };
  return {
    add: (entry) => void lanes[entry.priority].add(entry),
    has: (entry) => lanes[entry.priority].has(entry),
    remove: (entry) => void lanes[entry.priority].delete(entry),
    peek: () => candidates()[0],
    candidates,
    *entries() {
      yield* lanes.interactive;
      yield* lanes.bulk;
    },
    get size() {
      return lanes.interactive.size + lanes.bulk.size;
    },
  };
}
