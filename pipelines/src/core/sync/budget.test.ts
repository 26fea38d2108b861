// SPDX-License-Identifier: Apache-2.0
import { setImmediate as tick } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Budget, type Release } from './budget.ts';

const LIMIT = 10;

/** What a caller does next: ask for an amount, give one of its shares back (twice, for good measure), or stop waiting. */
const stepArbitrary = fc.oneof(
  fc.record({ kind: fc.constant('ask' as const), amount: fc.integer({ min: 0, max: 15 }) }),
  fc.record({ kind: fc.constant('release' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(20) }),
);

interface Asked {
  readonly amount: number;
  readonly controller: AbortController;
  state: 'waiting' | 'held' | 'released' | 'left';
  release?: Release;
}

/** The budget as a list: in order, as long as the next one fits. */
function grantModel(asked: readonly Asked[]): void {
  for (const one of asked.filter(({ state }) => state === 'waiting')) {
    if (usedBy(asked) + one.amount > LIMIT) return;
    one.state = 'held';
  }
}
const usedBy = (asked: readonly Asked[]): number =>
  asked.filter(({ state }) => state === 'held').reduce((sum, { amount }) => sum + amount, 0);

/** A budget and the list, side by side. */
function createTrial() {
  const budget = new Budget(LIMIT);
  const asked: Asked[] = [];
  const granted = new Set<Asked>();
  const left = new Set<Asked>();
  const ask = (amount: number): void => {
    const one: Asked = { amount: Math.min(amount, LIMIT), controller: new AbortController(), state: 'waiting' };
    asked.push(one);
    budget.acquire(amount, one.controller.signal).then(
      (release) => {
        granted.add(one);
        one.release = release;
      },
      () => left.add(one),
    );
  };
  const giveBack = (one: Asked): void => {
    if (one.state !== 'held') return;
    one.release?.();
    one.release?.();
    one.state = 'released';
  };
  const leave = (one: Asked): void => {
    if (one.state === 'waiting') one.state = 'left';
    one.controller.abort(new Error('left'));
  };
  const check = async (): Promise<void> => {
    grantModel(asked);
    await tick();
    expect(granted).toEqual(new Set(asked.filter(({ state }) => state === 'held' || state === 'released')));
    expect(left).toEqual(new Set(asked.filter(({ state }) => state === 'left')));
    expect(budget.inUse).toBe(usedBy(asked));
    expect(budget.peak).toBeLessThanOrEqual(LIMIT);
  };
  return { asked, ask, giveBack, leave, check };
}

test('any order of asking, giving back and leaving grants in order, within the limit, and loses nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(stepArbitrary, { maxLength: 60 }), async (steps) => {
      const { asked, ask, giveBack, leave, check } = createTrial();
      for (const step of steps) {
        if (step.kind === 'ask') ask(step.amount);
        else if (asked.length > 0) (step.kind === 'release' ? giveBack : leave)(asked[step.which % asked.length]!);
        await check();
      }
      while (asked.some(({ state }) => state === 'held')) {
        asked.forEach(giveBack);
        await check();
      }
      expect(asked.filter(({ state }) => state === 'waiting')).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('who comes with an aborted signal gets nothing', async () => {
  const budget = new Budget(1);
  await expect(budget.acquire(1, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  expect(budget.inUse).toBe(0);
});
