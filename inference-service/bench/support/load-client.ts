// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import type { LoadJob, LoadResult, RetryHabit } from './load-job.ts';

const IMPATIENT_MS = 250;
/** Added to a client's deadline before it hangs up, so that the server's own 408 is seen. */
const GRACE_MS = 500;

interface Answer {
  readonly status: string;
  readonly retryAfterSeconds: number | undefined;
}

function stamped(job: LoadJob, count: number): Uint8Array {
  const body = job.bodies[count % job.bodies.length] ?? new Uint8Array();
  if (!job.stamp) return body;
  const copy = body.slice();
  const view = new DataView(copy.buffer);
  if (job.stamp.as === 'pcm16') view.setUint32(job.stamp.offset, count, true);
  else view.setFloat32(job.stamp.offset, (count % 2 ** 20) / 2 ** 21, true);
  return copy;
}

/** Sends a job's requests and keeps the account. */
export class LoadClient {
  readonly #job: LoadJob;
  readonly #pool: Pool;
  readonly #startedAt = performance.now();
  readonly #latenciesMs: number[] = [];
  readonly #answers: Record<string, number> = {};
  #count = 0;
  #inTime = 0;
  #withRetryAfter = 0;
  #lastAnswerAt = this.#startedAt;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#pool = new Pool(job.origin, { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  }

  get elapsedSeconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** One attempt. */
  async #send(timeoutMs?: number): Promise<Answer> {
    const { path, headers } = this.#job;
    try {
      const response = await this.#pool.request({
        path,
        method: 'POST',
        headers:
          timeoutMs === undefined ? headers : { ...headers, 'x-request-timeout-ms': String(Math.ceil(timeoutMs)) },
        body: stamped(this.#job, this.#count++),
        signal: timeoutMs === undefined ? null : AbortSignal.timeout(Math.ceil(timeoutMs) + GRACE_MS),
      });
      await response.body.dump({ limit: Number.POSITIVE_INFINITY });
      const after = Number(response.headers['retry-after']);
      return { status: String(response.statusCode), retryAfterSeconds: after > 0 ? after : undefined };
    } catch (error) {
      const { name, code } = error as NodeJS.ErrnoException;
      return { status: name === 'TimeoutError' ? 'gave up' : `error ${code ?? name}`, retryAfterSeconds: undefined };
    }
  }

  #account({ status, retryAfterSeconds }: Answer): void {
    this.#answers[status] = (this.#answers[status] ?? 0) + 1;
    if (status === '429' && retryAfterSeconds !== undefined) this.#withRetryAfter += 1;
    this.#lastAnswerAt = performance.now();
  }

  #succeed(latencyMs: number, { deadlineMs, untilSeconds }: { deadlineMs: number; untilSeconds: number }): void {
    this.#latenciesMs.push(latencyMs);
    if (latencyMs <= deadlineMs && this.elapsedSeconds <= untilSeconds) this.#inTime += 1;
  }

  /** One request of a client without haste: refused for overload it waits as told and asks again. */
  async ask(): Promise<void> {
    const startedAt = performance.now();
    let answer = await this.#send();
    this.#account(answer);
    while (answer.status === '429') {
      await sleep((answer.retryAfterSeconds ?? 1) * 1000);
      answer = await this.#send();
      this.#account(answer);
    }
    if (answer.status === '200')
      this.#succeed(performance.now() - startedAt, { deadlineMs: Infinity, untilSeconds: Infinity });
  }

  /** One client with a deadline, asking again as its habit is. */
  async askInTime(options: { deadlineMs: number; untilSeconds: number; retry: RetryHabit }): Promise<void> {
    const { deadlineMs, retry } = options;
    const startedAt = performance.now();
    const leftMs = (): number => deadlineMs - (performance.now() - startedAt);
    while (leftMs() > 1) {
      const answer = await this.#send(leftMs());
      this.#account(answer);
      if (answer.status === '200') return this.#succeed(performance.now() - startedAt, options);
      if (answer.status !== '429' || retry === 'never') return;
      const waitMs = retry === 'impatient' ? IMPATIENT_MS : (answer.retryAfterSeconds ?? 1) * 1000;
      if (waitMs >= leftMs()) break;
      await sleep(waitMs);
    }
    this.#account({ status: 'gave up', retryAfterSeconds: undefined });
  }

  async result(): Promise<LoadResult> {
    await this.#pool.close();
    return {
      seconds: (this.#lastAnswerAt - this.#startedAt) / 1000,
      latenciesMs: this.#latenciesMs,
      inTime: this.#inTime,
      answers: this.#answers,
      withRetryAfter: this.#withRetryAfter,
    };
  }
}
