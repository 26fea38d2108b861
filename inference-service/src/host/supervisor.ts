// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Space } from '@earshot/models/registry';
import type { BatchOutput, Engine, EngineStatus } from '../core/engine-port.ts';
import { ServiceError } from '../core/service-error.ts';
import type { EpMiss, FromHost, Loaded, LoadRequest, RunRequest } from './host-protocol.ts';

const HOST_PROGRAM = fileURLToPath(new URL('./host-main.ts', import.meta.url));
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 10_000;
/** A host that lived this long starts the back-off anew. */
const STABLE_MS = 30_000;
/** A batch is given to a second host, not to a third: it may be what kills them. */
const MAX_ATTEMPTS = 2;
const RETRY_AFTER_SECONDS = 2;

export interface SupervisorOptions {
  readonly spaces: readonly Space[];
  readonly eps: readonly string[];
  readonly threads: number;
  readonly maxBatchWindows: Readonly<Record<string, number>>;
  readonly batchTimeoutMs: number;
  readonly loadTimeoutMs: number;
  /** Program of the host; another one injects faults. */
  readonly program?: string;
  readonly log: (event: string, details: Readonly<Record<string, unknown>>, level?: 'debug' | 'info') => void;
}

const shuttingDown = (): ServiceError => new ServiceError('not_ready', 'The service is shutting down');

interface Pending {
  readonly id: number;
  readonly space: string;
  readonly windows: Float32Array;
  readonly count: number;
  attempts: number;
  readonly settle: { resolve(output: BatchOutput): void; reject(reason: unknown): void };
}

/**
 * Keeps one inference host alive: restarts it with back-off, gives it one batch at a time under a time limit,
 * and gives the batch that was in flight when it died to the next one.
 */
export class Supervisor implements Engine {
  readonly #options: SupervisorOptions;
  readonly #waiting: Pending[] = [];
  readonly #excluded: EpMiss[] = [];
  #child: ChildProcess | undefined;
  #loaded: Loaded | undefined;
  #inFlight: Pending | undefined;
  #tryingEp: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #backoffMs = FIRST_BACKOFF_MS;
  #nextId = 1;
  #restarts = 0;
  #upSince = 0;
  #isStopping = false;
  #problem = 'the inference host is starting';

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isStopping) return;
    const child = fork(this.#options.program ?? HOST_PROGRAM, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) this.#listenTo(stream);
    child.on('message', (message) => this.#onMessage(message as FromHost));
    // Without a listener a failed send would end this process; the exit that follows is handled.
    child.on('error', (error) => this.#options.log('inference host channel', { error: error.message }));
    child.once('exit', (code, signal) => this.#onExit(signal ?? `status ${code}`));
    const { spaces, eps, threads, maxBatchWindows, loadTimeoutMs } = this.#options;
    this.#limit(loadTimeoutMs, `loading took longer than ${loadTimeoutMs} ms`);
    const request: LoadRequest = {
      type: 'load',
      spaces,
      eps,
      excluded: [...this.#excluded],
      threads,
      maxBatchWindows,
    };
    child.send(request);
  }

  /** Native libraries complain on stderr about every provider that is missing: that is for the log, not the terminal. */
  #listenTo(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) =>
      this.#options.log('inference host output', { line }, 'debug'),
    );
  }

  status(): EngineStatus {
    const loaded = this.#loaded;
    const failedSpaces = new Map(loaded?.failed.map(({ id, reason }) => [id, reason]));
    const problems = loaded ? [...failedSpaces].map(([id, reason]) => `${id}: ${reason}`) : [this.#problem];
    if (this.#options.spaces.length === 0) problems.push('no embedding space is installed');
    return {
      isReady: loaded !== undefined && problems.length === 0,
      isUp: loaded !== undefined,
      problems,
      ep: loaded?.ep ?? null,
      tried: loaded?.tried ?? this.#excluded,
      failedSpaces,
      hostPid: this.#child?.pid ?? null,
      restarts: this.#restarts,
      maxBatchesInFlight: 1,
    };
  }

  run({ card }: Space, windows: Float32Array, count: number): Promise<BatchOutput> {
    const { promise, resolve, reject } = Promise.withResolvers<BatchOutput>();
    if (this.#isStopping) reject(shuttingDown());
    else
      this.#waiting.push({
        id: this.#nextId++,
        space: card.id,
        windows,
        count,
        attempts: 0,
        settle: { resolve, reject },
      });
    this.#pump();
    return promise;
  }

  /** Ends the host; batches still waiting fail. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    for (const pending of this.#waiting.splice(0)) pending.settle.reject(shuttingDown());
    this.#inFlight?.settle.reject(shuttingDown());
    const child = this.#child;
    if (!child) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  /** A host that does not answer in time cannot be asked to end: it is killed, and its exit does the rest. */
  #limit(ms: number, problem: string): void {
    clearTimeout(this.#timer);
    const doomed = this.#child;
    this.#timer = setTimeout(() => {
      this.#options.log('inference host timed out', { problem });
      doomed?.kill('SIGKILL');
    }, ms);
  }

  #pump(): void {
    if (!this.#child || !this.#loaded || this.#inFlight) return;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#inFlight = next;
    next.attempts += 1;
    const { batchTimeoutMs } = this.#options;
    this.#limit(batchTimeoutMs, `a batch of ${next.space} took longer than ${batchTimeoutMs} ms`);
    const { id, space, windows, count } = next;
    this.#child.send({ type: 'run', batch: id, space, windows, count } satisfies RunRequest);
  }

  #onMessage(message: FromHost): void {
    switch (message.type) {
      case 'trying':
        this.#tryingEp = message.ep;
        return;
      case 'loaded':
        this.#onLoaded(message);
        return;
      case 'done':
        this.#settleBatch(message.batch, (pending) => pending.settle.resolve(message));
        return;
      case 'failed': {
        const cause = new Error(message.reason);
        const error = new ServiceError('internal_error', 'The model could not be run', { cause });
        this.#settleBatch(message.batch, (pending) => pending.settle.reject(error));
      }
    }
  }

  #onLoaded(message: Loaded): void {
    clearTimeout(this.#timer);
    this.#tryingEp = undefined;
    this.#loaded = message;
    this.#upSince = performance.now();
    this.#options.log('inference host loaded', { ep: message.ep, tried: message.tried, failed: message.failed });
    this.#pump();
  }

  #settleBatch(id: number, settle: (pending: Pending) => void): void {
    const done = this.#inFlight;
    if (done?.id !== id) return;
    clearTimeout(this.#timer);
    this.#inFlight = undefined;
    settle(done);
    this.#pump();
  }

  #onExit(how: string): void {
    clearTimeout(this.#timer);
    if (this.#loaded && performance.now() - this.#upSince > STABLE_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    const tryingEp = this.#tryingEp;
    this.#child = undefined;
    this.#loaded = undefined;
    this.#tryingEp = undefined;
    if (this.#isStopping) return;
    this.#problem = `the inference host ended (${how}) and is being restarted`;
    // A driver that kills the process would kill every next one as well; the last provider is always tried again.
    if (tryingEp !== undefined && this.#excluded.length < this.#options.eps.length - 1)
      this.#excluded.push({ ep: tryingEp, reason: `the host ended while loading (${how})` });
    this.#restarts += 1;
    this.#options.log('inference host ended', { how, tryingEp, restarts: this.#restarts, backoffMs: this.#backoffMs });
    this.#rescueInFlight();
    setTimeout(() => this.start(), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, LAST_BACKOFF_MS);
  }

  /** The batch that was in flight goes first in the next host, once. */
  #rescueInFlight(): void {
    const lost = this.#inFlight;
    this.#inFlight = undefined;
    if (!lost) return;
    if (lost.attempts < MAX_ATTEMPTS) {
      this.#waiting.unshift(lost);
      return;
    }
    const message = 'The inference host ended twice under this request';
    lost.settle.reject(new ServiceError('not_ready', message, { retryAfterSeconds: RETRY_AFTER_SECONDS }));
  }
}
