// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { FromHost, HostJob, HostResults, ToHost } from './host-protocol.ts';

const HOST_PROGRAM = fileURLToPath(new URL('./host-main.ts', import.meta.url));

export type HostLog = (
  event: string,
  details: Readonly<Record<string, unknown>>,
  level?: 'debug' | 'info' | 'warn',
) => void;

export interface HostProcessOptions {
  /** Program of the host; another one injects faults. */
  readonly program: string | undefined;
  readonly log: HostLog;
  readonly onTrying: (ep: string) => void;
  readonly onMemory: (rssBytes: number) => void;
  /** Once, after every job in it has been rejected with HostEnded. */
  readonly onExit: (reason: string) => void;
}

/** The host ended before the job was done. */
export class HostEnded extends Error {
  override readonly name = 'HostEnded';
  /** Whether it was this job that the host was working on. */
  readonly wasRunning: boolean;

  constructor(reason: string, wasRunning: boolean) {
    super(reason);
    this.wasRunning = wasRunning;
  }
}

interface Job {
  readonly id: number;
  readonly what: string;
  readonly limitMs: number;
  resolve(result: HostResults[keyof HostResults]): void;
  reject(error: Error): void;
}

/** One process of an inference host: jobs go in, are done in order, and each has its time from when its turn came. */
export class HostProcess {
  readonly #options: HostProcessOptions;
  readonly #child: ChildProcess;
  readonly #jobs: Job[] = [];
  readonly #exited: Promise<void>;
  #nextId = 1;
  #timer: NodeJS.Timeout | undefined;
  #killReason: string | undefined;
  #rssBytes: number | null = null;
  #isRetired = false;
  #hasEnded = false;

  constructor(options: HostProcessOptions) {
    this.#options = options;
    const child = fork(options.program ?? HOST_PROGRAM, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) this.#listenTo(stream);
    child.on('message', (message) => this.#onMessage(message as FromHost));
    // Without a listener a failed send would end this process; the exit that follows is handled.
    child.on('error', (error) => options.log('inference host channel', { error: error.message }));
    this.#exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#onExit(this.#killReason ?? signal ?? `status ${code}`);
        resolve();
      });
    });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Resident memory as last reported, bytes. */
  get rssBytes(): number | null {
    return this.#rssBytes;
  }

  /** Jobs running and waiting inside. */
  get jobs(): number {
    return this.#jobs.length;
  }

  /**
   * @param what named when the job takes longer than `limitMs` and the host is killed for it
   * @throws Error with the reason of the host; HostEnded
   */
  request<T extends HostJob>(
    job: T,
    { what, limitMs }: { readonly what: string; readonly limitMs: number },
  ): Promise<HostResults[T['type']]> {
    const { promise, resolve, reject } = Promise.withResolvers<HostResults[keyof HostResults]>();
    if (this.#hasEnded) reject(new HostEnded('the host has ended', false));
    else {
      const id = this.#nextId++;
      this.#jobs.push({ id, what, limitMs, resolve, reject });
      if (this.#jobs.length === 1) this.#startClock();
      this.#child.send({ ...job, job: id } satisfies ToHost);
    }
    return promise as Promise<HostResults[T['type']]>;
  }

  /** Ends it as soon as its jobs are done. */
  retire(): void {
    this.#isRetired = true;
    if (this.#jobs.length === 0) void this.kill('it was replaced');
  }

  /** Ends it at once: a host that hangs cannot be asked to. */
  kill(reason: string): Promise<void> {
    if (!this.#hasEnded) {
      this.#killReason ??= reason;
      this.#child.kill('SIGKILL');
    }
    return this.#exited;
  }

  /** Native libraries complain on stderr about every provider that is missing: that is for the log, not the terminal. */
  #listenTo(stream: Readable | null): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) =>
      this.#options.log('inference host output', { line }, 'debug'),
    );
  }

  #startClock(): void {
    clearTimeout(this.#timer);
    const [running] = this.#jobs;
    if (!running) return;
    const { what, limitMs } = running;
    this.#timer = setTimeout(() => void this.kill(`${what} took longer than ${limitMs} ms`), limitMs);
  }

  #onMessage(message: FromHost): void {
    switch (message.type) {
      case 'trying':
        this.#options.onTrying(message.ep);
        break;
      case 'memory':
        this.#rssBytes = message.rssBytes;
        this.#options.onMemory(message.rssBytes);
        break;
      case 'done':
        this.#take(message.job)?.resolve(message.result);
        break;
      case 'failed':
        this.#take(message.job)?.reject(new Error(message.reason));
    }
  }

  /** The job that was answered; the next one's time begins. */
  #take(id: number): Job | undefined {
    const index = this.#jobs.findIndex((job) => job.id === id);
    const [job] = index < 0 ? [] : this.#jobs.splice(index, 1);
    this.#startClock();
    if (this.#isRetired && this.#jobs.length === 0) void this.kill('it was replaced');
    return job;
  }

  #onExit(reason: string): void {
    clearTimeout(this.#timer);
    this.#hasEnded = true;
    for (const [index, job] of this.#jobs.splice(0).entries()) job.reject(new HostEnded(reason, index === 0));
    this.#options.onExit(reason);
  }
}
