// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../earshot-error.ts';
import { EXIT } from '../exit-codes.ts';
import { backoffMs } from '../retry-policy.ts';
import type { KeyBacklog } from './key-backlog.ts';

/** Trouble with one source; what waits is tried again. */
export interface WatchTrouble {
  readonly code: string;
  readonly reason: string;
  readonly retryInMs: number;
}

export interface WatchOptions {
  readonly backlog: KeyBacklog;
  /** A whole run. Gives false when it has to be repeated soon, since the listing broke off. */
  readonly reconcile: () => Promise<boolean>;
  /** Looks at these keys. */
  readonly syncKeys: (keys: readonly string[]) => Promise<void>;
  /** After keys were settled. */
  readonly settled: () => Promise<void>;
  readonly onTrouble: (trouble: WatchTrouble) => void;
  readonly reconcileEveryMs: number;
  readonly signal: AbortSignal;
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
}

export interface WatchedSource {
  /** Resolves when the signal came and what was under way is done. @throws what no waiting mends, before anything worked */
  run(): Promise<void>;
  /** A key came. */
  wake(): void;
}

/** Keys looked at in one go: few enough that a lease is never held for long. */
const MOST_KEYS = 1000;
/** Clocks of timers hold no more. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

/** Work that may fail, and then waits ever longer. */
class Duty {
  dueAt: number;
  private failures = 0;

  constructor(dueAt: number) {
    this.dueAt = dueAt;
  }

  succeeded(nextAt: number): void {
    this.failures = 0;
    this.dueAt = nextAt;
  }

  failed(backoff: { readonly baseMs: number; readonly capMs: number }): number {
    this.failures++;
    const { baseMs } = backoff;
    const wait = baseMs / 2 + backoffMs(this.failures, backoff);
    this.dueAt = performance.now() + wait;
    return wait;
  }
}

/** Follows one source: whole runs now and then, and between them the keys that events name. */
export function watchSource(options: WatchOptions): WatchedSource {
  const { backlog, signal, reconcileEveryMs } = options;
  const backoff = options.backoff ?? { baseMs: 5000, capMs: 120_000 };
  const whole = new Duty(performance.now());
  const named = new Duty(0);
  let hasWorked = false;
  let wake = (): void => undefined;

  function sleep(until: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(Math.max(1, until - performance.now()), LONGEST_SLEEP_MS));
      signal.addEventListener('abort', finish, { once: true });
      wake = finish;
    });
  }

  /** Waiting may mend it; what it does not mend ends the watch only if nothing ever worked. */
  function stumble(duty: Duty, error: unknown): void {
    if (signal.aborted) return;
    if (!(error instanceof EarshotError)) throw error;
    const isTemporary = error.exitCode === EXIT.unavailable || error.exitCode === EXIT.locked;
    if (!isTemporary && !hasWorked) throw error;
    const retryInMs = Math.round(duty.failed(backoff));
    options.onTrouble({ code: error.code, reason: error.message, retryInMs });
  }

  async function reconcileOnce(): Promise<void> {
    try {
      const isWhole = await options.reconcile();
      hasWorked = true;
      if (isWhole) whole.succeeded(performance.now() + reconcileEveryMs);
      else whole.failed({ baseMs: backoff.baseMs * 6, capMs: reconcileEveryMs });
    } catch (error) {
      stumble(whole, error);
    }
  }

  async function syncOnce(keys: readonly string[]): Promise<void> {
    try {
      await options.syncKeys(keys);
      backlog.settle(keys);
      hasWorked = true;
      named.succeeded(0);
      await options.settled();
    } catch (error) {
      backlog.giveBack(keys);
      stumble(named, error);
    }
  }

  function idle(): Promise<void> {
    const next = backlog.nextDueAt();
    const keysAt = next === undefined ? Number.POSITIVE_INFINITY : Math.max(next, named.dueAt);
    return sleep(Math.min(keysAt, whole.dueAt));
  }

  async function step(): Promise<void> {
    const now = performance.now();
    if (whole.dueAt <= now) return reconcileOnce();
    const keys = named.dueAt <= now ? backlog.take(now, MOST_KEYS) : [];
    return keys.length > 0 ? syncOnce(keys) : idle();
  }

  async function run(): Promise<void> {
    while (!signal.aborted) await step();
  }

  return { run, wake: () => wake() };
}
