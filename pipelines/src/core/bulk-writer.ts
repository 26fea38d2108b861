// SPDX-License-Identifier: Apache-2.0
import type { BulkAnswer, BulkItem, SendBulk } from '../ports/bulk-transport.ts';
import type { BulkCounts, BulkOperation, BulkOutcome, BulkWriter } from '../ports/bulk-writer.ts';
import { encodeOperation } from './bulk-payload.ts';
import { BulkQueue, type Pending } from './bulk-queue.ts';
import { judgeItem, RETRY_STATUSES, redactReason } from './bulk-verdict.ts';
import { EarshotError } from './earshot-error.ts';
import { type Backoff, backoffMs } from './retry-policy.ts';

interface Options {
  readonly send: SendBulk;
  /** Indices behind the write alias. */
  readonly concreteIndices: readonly string[];
  /** Default 1 MiB: several requests at once from the 400 documents that may wait are twice as fast as one of 4 MiB. */
  readonly maxBytes?: number;
  readonly maxOperations?: number;
  readonly flushMs?: number;
  /** Requests at once, when nothing is overloaded. */
  readonly maxConcurrency?: number;
  readonly backoff?: Backoff;
  /** How long one operation is tried; default 5 min. */
  readonly deadlineMs?: number;
}

/** Clean requests after which one more may be under way. */
const CLEAN_REQUESTS_PER_STEP = 5;
const noop = (): void => undefined;

type Settled = Omit<BulkOutcome, 'opId' | 'attempts'>;

/**
 * Why not the client's helper: it loses batches silently when timer and size flush meet (docs/decisions/0070).
 * Every submitted operation is in exactly one state at any time; the sum is checked by a property test.
 */
class AccountingBulkWriter implements BulkWriter {
  private readonly options: Required<Omit<Options, 'concreteIndices'>>;
  private readonly concrete: ReadonlySet<string>;
  private readonly queue: BulkQueue;
  private readonly tally = { submitted: 0, acked: 0, superseded: 0, poison: 0, failed: 0, retries: 0 };
  private readonly retriesBy: Record<string, number> = {};
  private concurrency: number;
  private inFlight = 0;
  private cleanRequests = 0;
  /** Answers in a row by which nothing got on. */
  private refusedInARow = 0;
  private stop: Error | undefined;
  private isDraining = false;
  private timer: NodeJS.Timeout | undefined;
  private whenEmpty: (() => void)[] = [];

  constructor(options: Options) {
    const defaults = { maxBytes: 1 << 20, maxOperations: 500, flushMs: 200, maxConcurrency: 4, deadlineMs: 300_000 };
    this.options = { backoff: { baseMs: 500, capMs: 60_000 }, ...defaults, ...options };
    this.concrete = new Set(options.concreteIndices);
    this.queue = new BulkQueue(this.options);
    this.concurrency = this.options.maxConcurrency;
  }

  submit(operation: BulkOperation): Promise<BulkOutcome> {
    this.tally.submitted++;
    const now = Date.now();
    return new Promise((resolve) => {
      const lines = encodeOperation(operation);
      const deadline = now + this.options.deadlineMs;
      const pending: Pending = {
        operation,
        lines,
        deadline,
        settle: resolve,
        queuedAt: now,
        notBefore: 0,
        attempts: 0,
      };
      if (this.stop) return this.settle(pending, stoppedBy(this.stop));
      this.queue.add(pending);
      this.pump();
    });
  }

  async drain(): Promise<void> {
    this.isDraining = true;
    this.pump();
    if (this.counts().pending > 0) await new Promise<void>((resolve) => this.whenEmpty.push(resolve));
    this.isDraining = false;
  }

  abort(reason: Error): void {
    this.stop ??= reason;
    for (const pending of this.queue.clear()) this.settle(pending, stoppedBy(this.stop));
  }

  stopReason(): Error | undefined {
    return this.stop;
  }

  counts(): BulkCounts {
    const { submitted, acked, superseded, poison, failed } = this.tally;
    const pending = submitted - acked - superseded - poison - failed;
    return { ...this.tally, retriesBy: { ...this.retriesBy }, pending };
  }

  private settle(pending: Pending, outcome: Settled): void {
    this.tally[outcome.state]++;
    pending.settle({ opId: pending.operation.opId, attempts: pending.attempts, ...outcome });
    if (this.counts().pending > 0) return;
    for (const resolve of this.whenEmpty.splice(0)) resolve();
  }

  private pump(): void {
    clearTimeout(this.timer);
    while (this.inFlight < this.concurrency) {
      const batch = this.queue.take(Date.now(), this.isDraining);
      if (!batch) break;
      this.post(batch).catch(noop);
    }
    const dueIn = this.inFlight < this.concurrency ? this.queue.nextDueIn(Date.now()) : undefined;
    if (dueIn !== undefined) this.timer = setTimeout(() => this.pump(), Math.max(1, dueIn));
  }

  private async post(batch: readonly Pending[]): Promise<void> {
    this.inFlight++;
    for (const pending of batch) pending.attempts++;
    const body = Buffer.concat(batch.map(({ lines }) => lines));
    const answer = await this.options.send(body).catch((error: unknown) => error as Error);
    this.inFlight--;
    this.queue.release(batch);
    if (answer instanceof Error) this.retry(batch, { code: 'no_answer', message: answer.message });
    else if (answer.items && answer.status < 300) this.readItems(batch, answer.items);
    else await this.readRefusal(batch, answer);
    this.pump();
  }

  private readItems(batch: readonly Pending[], items: readonly BulkItem[]): void {
    const isFitting = items.length === batch.length && batch.every((pending, i) => this.fits(pending, items[i]));
    if (!isFitting) {
      this.retry(batch, { code: 'answer_mismatch', message: 'the answer does not fit the request' });
      return;
    }
    const again: Pending[] = [];
    let code = '';
    let isOverload = false;
    for (const [i, pending] of batch.entries()) {
      const verdict = judgeItem(items[i] as BulkItem, pending.operation, this.concrete);
      if (verdict.kind === 'settle') this.settle(pending, verdict.outcome);
      else again.push(pending);
      if (verdict.kind === 'stop') this.abort(verdict.error);
      if (verdict.kind !== 'retry') continue;
      code = verdict.code;
      isOverload ||= verdict.isOverload;
    }
    if (again.length < batch.length) this.refusedInARow = 0;
    this.adapt(isOverload);
    if (again.length > 0) this.retry(again, { code, message: 'Elasticsearch did not get to it' });
  }

  /** A pipeline that sends a document elsewhere may also rename it. */
  private fits({ operation }: Pending, item: BulkItem | undefined): boolean {
    return item?._id === operation.id || (item?._index !== undefined && !this.concrete.has(item._index));
  }

  private async readRefusal(batch: readonly Pending[], answer: BulkAnswer): Promise<void> {
    const { status, code = `http_${status}`, message = '' } = answer;
    if (status === 401 || status === 403)
      this.abort(new EarshotError('ELASTICSEARCH_DENIED', `Elasticsearch refuses the write: ${message}`));
    const isTemporary = RETRY_STATUSES.has(status) || status >= 500 || this.stop !== undefined;
    if (isTemporary) {
      this.adapt(status === 429);
      this.retry(batch, { code, message, retryAfterMs: answer.retryAfterMs });
    } else await this.halve(batch, { state: 'poison', status, code, message: redactReason(message) });
  }

  /** Too large, or one operation spoils the request: half and half again until it stands alone. */
  private async halve(batch: readonly Pending[], verdict: Settled): Promise<void> {
    const [first] = batch;
    if (batch.length === 1) {
      if (first) this.settle(first, verdict);
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    this.queue.hold(batch);
    await this.post(batch.slice(0, middle));
    await this.post(batch.slice(middle));
  }

  private retry(
    batch: readonly Pending[],
    why: { readonly code: string; readonly message: string; readonly retryAfterMs?: number | undefined },
  ): void {
    // While others get through, one that is refused again and again need not wait longer and longer.
    const tries = Math.min(Math.max(...batch.map(({ attempts }) => attempts)), ++this.refusedInARow);
    const notBefore = Date.now() + backoffMs(tries, this.options.backoff, why.retryAfterMs);
    for (const pending of batch) {
      if (this.stop) this.settle(pending, stoppedBy(this.stop));
      else if (notBefore > pending.deadline) this.settle(pending, { state: 'failed', ...pick(why) });
      else {
        this.tally.retries++;
        this.retriesBy[why.code] = (this.retriesBy[why.code] ?? 0) + 1;
        pending.notBefore = notBefore;
        this.queue.add(pending);
      }
    }
  }

  /** Additive increase, multiplicative decrease of the requests at once. */
  private adapt(isOverload: boolean): void {
    this.cleanRequests = isOverload ? 0 : this.cleanRequests + 1;
    if (isOverload) this.concurrency = Math.max(1, Math.floor(this.concurrency / 2));
    else if (this.cleanRequests % CLEAN_REQUESTS_PER_STEP === 0)
      this.concurrency = Math.min(this.options.maxConcurrency, this.concurrency + 1);
  }
}

const pick = ({ code, message }: { readonly code: string; readonly message: string }) => ({
  code,
  message: redactReason(message),
});

const stoppedBy = (stop: Error): Settled => ({
  state: 'failed',
  code: stop instanceof EarshotError ? stop.code : 'aborted',
  message: stop.message,
});

/** A writer for one alias; `send` is one `_bulk` request. */
export const createBulkWriter = (options: Options): BulkWriter => new AccountingBulkWriter(options);
