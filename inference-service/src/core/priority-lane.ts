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
  /** The entry to serve next, left in the lane. */
  peek(): T | undefined;
  entries(): Iterable<T>;
  readonly size: number;
}

/** First come, first served, interactive before bulk, with ageing. */
export function createPriorityLane<T extends Waiting>(now: () => number): PriorityLane<T> {
  const lanes: Record<Priority, Set<T>> = { interactive: new Set(), bulk: new Set() };
  const firstOf = (priority: Priority): T | undefined => lanes[priority].values().next().value;
  return {
    add: (entry) => void lanes[entry.priority].add(entry),
    remove: (entry) => void lanes[entry.priority].delete(entry),
    peek: () => {
      const bulk = firstOf('bulk');
      if (bulk && now() - bulk.submittedAt >= AGEING_MS) return bulk;
      return firstOf('interactive') ?? bulk;
    },
    *entries() {
      yield* lanes.interactive;
      yield* lanes.bulk;
    },
    get size() {
      return lanes.interactive.size + lanes.bulk.size;
    },
  };
}
