// SPDX-License-Identifier: Apache-2.0
import { createDrainRate } from './drain-rate.ts';
import { createPriorityLane, type Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';

export interface GateOptions {
  /** What passes, for messages: `recordings`, `windows of spectral-1`. */
  readonly what: string;
  /** Weight that may be inside at once. */
  readonly capacity: number;
  /** Part of the capacity that bulk work may not take, so that a sync never shuts a query out. */
  readonly reserved: number;
  /** Weight that may wait in line for as long as its caller wants, given the weight per second that passes. */
  readonly maxWaiting: (perSecond: number | undefined) => number;
  /** How long what finds the line full is held before it is turned away, ms: some clients try again within 0.1 s. */
  readonly holdMs: number;
  /** How many may be held. */
  readonly maxHeld: number;
  readonly now?: () => number;
}

export interface Visit {
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
  /** Default 1. More than the capacity passes alone. */
  readonly weight?: number;
  /** Waits however long the line is: the rest of something that was let in before. */
  readonly isPatient?: boolean;
  /** On the gate's clock: whoever would wait for most of the time until then is turned away at once. */
  readonly deadlineAt?: number | undefined;
}

/**
 * Share of the time to a deadline that may go by in line. Served in the order they came, those at the head of a long line
 * are just about to give up, and most work would be done for nobody.
 */
const LONGEST_WAIT_SHARE = 0.6;

interface Entry {
  readonly priority: Priority;
  readonly submittedAt: number;
  readonly weight: number;
  readonly open: () => void;
}

/**
 * Bounds how much is inside at once. What does not fit waits in line, interactive before bulk; when the line is full too
 * it is held for a moment, and then turned away with the seconds after which there should be room.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #now: () => number;
  readonly #line;
  readonly #held;
  readonly #rate;
  #inside = 0;
  #bulkInside = 0;
  #waiting = 0;
  #bulkWaiting = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#line = createPriorityLane<Entry>(this.#now);
    this.#held = createPriorityLane<Entry>(this.#now);
    this.#rate = createDrainRate(this.#now);
  }

  /** Weight inside and in line. */
  get load(): number {
    return this.#inside + this.#waiting;
  }

  /**
   * Runs `task` inside.
   * @throws ServiceError queue_full; the signal's reason when it aborts while waiting; whatever the task throws
   */
  async enter<T>(visit: Visit, task: () => Promise<T>): Promise<T> {
    visit.signal.throwIfAborted();
    const weight = Math.min(visit.weight ?? 1, this.#options.capacity);
    await this.#wait(visit, weight);
    try {
      visit.signal.throwIfAborted();
      return await task();
    } finally {
      // What was given up says nothing about how fast work is done.
      if (!visit.signal.aborted) this.#rate.record(weight);
      this.#leave(visit.priority, weight);
    }
  }

  /** @throws ServiceError queue_full when not even holding is possible: better said before an upload is read */
  assertNotOverrun(): void {
    if (this.#held.size >= this.#options.maxHeld) throw this.#full();
  }

  #full(): ServiceError {
    const load = this.load;
    return new ServiceError('queue_full', `${load} ${this.#options.what} are waiting`, {
      retryAfterSeconds: this.#rate.retryAfterSeconds(load),
    });
  }

  /** Whether so much of the time would go by in line that the work could hardly be done by the deadline. */
  #comesTooLate({ priority, deadlineAt }: Visit): boolean {
    const perSecond = this.#rate.perSecond();
    if (deadlineAt === undefined || perSecond === undefined) return false;
    const ahead = this.load - (priority === 'interactive' ? this.#bulkWaiting : 0);
    return (ahead * 1000) / perSecond > LONGEST_WAIT_SHARE * (deadlineAt - this.#now());
  }

  async #wait(visit: Visit, weight: number): Promise<void> {
    const { priority, signal, isPatient } = visit;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Entry = { priority, submittedAt: this.#now(), weight, open: resolve };
    if (isPatient || this.#fits(entry)) this.#queueUp(entry);
    else if (this.#comesTooLate(visit)) throw this.#full();
    else if (this.#hasPlace(weight)) this.#queueUp(entry);
    else {
      this.assertNotOverrun();
      this.#held.add(entry);
    }
    this.#pump();
    const giveUp = (reason: unknown): void => {
      this.#held.remove(entry);
      this.#stepOut(entry);
      this.#pump();
      reject(reason);
    };
    const onAbort = (): void => giveUp(signal.reason);
    // Whoever has come into line by then stays.
    const timer = setTimeout(() => this.#held.has(entry) && giveUp(this.#full()), this.#options.holdMs);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #leave(priority: Priority, weight: number): void {
    this.#inside -= weight;
    if (priority === 'bulk') this.#bulkInside -= weight;
    this.#pump();
  }

  #fits({ priority, weight }: Entry): boolean {
    const { capacity, reserved } = this.#options;
    if (this.#inside === 0) return true;
    if (this.#inside + weight > capacity) return false;
    return priority === 'interactive' || this.#bulkInside + weight <= capacity - reserved;
  }

  #hasPlace(weight: number): boolean {
    return this.#waiting + weight <= this.#options.maxWaiting(this.#rate.perSecond());
  }

  #queueUp(entry: Entry): void {
    this.#line.add(entry);
    this.#waiting += entry.weight;
    if (entry.priority === 'bulk') this.#bulkWaiting += entry.weight;
  }

  #stepOut(entry: Entry): void {
    if (!this.#line.has(entry)) return;
    this.#line.remove(entry);
    this.#waiting -= entry.weight;
    if (entry.priority === 'bulk') this.#bulkWaiting -= entry.weight;
  }

  #admit(entry: Entry): void {
    this.#stepOut(entry);
    if (this.#inside === 0) this.#rate.resume();
    this.#inside += entry.weight;
    if (entry.priority === 'bulk') this.#bulkInside += entry.weight;
    entry.open();
  }

  /** Lets in what fits, and moves what is held up into line. */
  #pump(): void {
    for (;;) {
      const next = this.#line.candidates().find((entry) => this.#fits(entry));
      if (next) this.#admit(next);
      else {
        const promoted = this.#held.peek();
        if (!promoted || !(this.#hasPlace(promoted.weight) || this.#fits(promoted))) return;
        this.#held.remove(promoted);
        this.#queueUp(promoted);
      }
    }
  }
}
