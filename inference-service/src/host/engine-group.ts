// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { BatchOutput, Engine, EngineStatus, TextBatchOutput } from '../core/engine-port.ts';
import { ServiceError } from '../core/service-error.ts';
import { HostEnded } from './host-process.ts';
import type { BatchWork, HostResults } from './host-protocol.ts';
import type { Device, DevicePlan } from './plan-devices.ts';
import { type HostSettings, Supervisor } from './supervisor.ts';

/** One batch runs and one has arrived, so that a host never waits for this process. */
const BATCHES_PER_HOST = 2;
/** A batch is given to a second host, not to a third: it may be what kills them. */
const MAX_ATTEMPTS = 2;
const RETRY_AFTER_SECONDS = 2;

export interface EngineGroupOptions extends HostSettings {
  /** What is served now, by id; changes while the service runs. */
  readonly spaces: ReadonlyMap<string, Space>;
  readonly plan: DevicePlan;
}

interface Pending {
  readonly id: number;
  readonly space: Space;
  readonly work: BatchWork;
  /** Hosts that died while they ran it. */
  attempts: number;
  readonly settle: { resolve(output: HostResults[BatchWork['type']]): void; reject(reason: unknown): void };
}

const notReady = (message: string): ServiceError =>
  new ServiceError('not_ready', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });

/** All devices as one engine: a batch goes to the least busy host, and to another one when its host dies. */
export class EngineGroup implements Engine {
  readonly #options: EngineGroupOptions;
  readonly #devices: Supervisor[];
  readonly #running = new Map<string, number>();
  #waiting: Pending[] = [];
  #further: readonly Device[];
  #nextId = 1;
  #isStopping = false;

  constructor(options: EngineGroupOptions) {
    this.#options = options;
    this.#devices = options.plan.devices.map((device) => this.#supervise(device));
    this.#further = options.plan.onceCudaWorks;
  }

  start(): void {
    for (const device of this.#devices) device.start();
  }

  status(): EngineStatus {
    const { spaces, maxBatchWindows } = this.#options;
    const devices = this.#devices.map((device) => device.status());
    const isUp = this.#devices.some((device) => device.isUp);
    const first = devices[this.#devices.findIndex((device) => device.isUp)];
    const failedSpaces = isUp ? this.#failedSpaces() : new Map<string, string>();
    const problems = isUp
      ? [...failedSpaces].map(([id, reason]) => `${id}: ${reason}`)
      : [...new Set(devices.map(({ problem }) => problem ?? ''))];
    if (spaces.size === 0) problems.push('no embedding space is installed');
    const eps = devices.filter(({ ep }) => ep !== null).map(({ ep }) => ep ?? 'cpu');
    return {
      isReady: problems.length === 0,
      isUp,
      problems,
      ep: first?.ep ?? null,
      tried: (first ?? devices[0])?.tried ?? [],
      failedSpaces,
      hostPid: (first ?? devices[0])?.pid ?? null,
      restarts: devices.reduce((sum, { restarts }) => sum + restarts, 0),
      devices,
      maxBatchesInFlight: BATCHES_PER_HOST * Math.max(1, this.#devices.filter((device) => device.isUp).length),
      maxBatchWindows: Math.min(...(eps.length > 0 ? eps : ['cpu']).map((ep) => maxBatchWindows[ep] ?? 1)),
    };
  }

  run(space: Space, windows: Float32Array, count: number): Promise<BatchOutput> {
    return this.#submit(space, { type: 'run', windows, count });
  }

  runTexts(space: Space, texts: readonly string[]): Promise<TextBatchOutput> {
    return this.#submit(space, { type: 'run-texts', texts });
  }

  runContours(space: Space, contours: Float32Array, count: number): Promise<BatchOutput> {
    return this.#submit(space, { type: 'run-contours', contours, count });
  }

  /** Batches of a space that wait or run. */
  batchesOf(fingerprint: string): number {
    return this.#running.get(fingerprint) ?? 0;
  }

  /**
   * Opens and proves a space in one host after the other, while the others serve.
   * @throws ServiceError not_ready without a host; Error naming what is wrong with the space, which is then open in none
   */
  async load(space: Space): Promise<void> {
    const wasServed = this.#options.spaces.get(space.card.id)?.fingerprint === space.fingerprint;
    if (!this.#devices.some((device) => device.isUp)) throw notReady('No inference host is up');
    try {
      for (const device of this.#devices) await device.load(space);
    } catch (error) {
      if (!wasServed) await this.unload(space.fingerprint);
      if (error instanceof HostEnded) throw new Error(`the inference host ended: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** Closes a space in every host. */
  async unload(fingerprint: string): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.unload(fingerprint)));
    this.#running.delete(fingerprint);
  }

  /** Ends the hosts; batches still waiting fail. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const pending of this.#waiting.splice(0)) pending.settle.reject(notReady('The service is shutting down'));
    await Promise.all(this.#devices.map((device) => device.stop()));
  }

  #submit<W extends BatchWork>(space: Space, work: W): Promise<HostResults[W['type']]> {
    if (this.#isStopping) return Promise.reject(notReady('The service is shutting down'));
    const { promise, resolve, reject } = Promise.withResolvers<HostResults[BatchWork['type']]>();
    const { fingerprint } = space;
    this.#running.set(fingerprint, this.batchesOf(fingerprint) + 1);
    const id = this.#nextId++;
    this.#waiting.push({ id, space, work, attempts: 0, settle: { resolve, reject } });
    this.#handOut();
    const done = promise.finally(() => this.#running.set(fingerprint, this.batchesOf(fingerprint) - 1));
    return done as Promise<HostResults[W['type']]>;
  }

  #supervise(device: Device): Supervisor {
    const { spaces, plan: _plan, ...settings } = this.#options;
    return new Supervisor({
      ...settings,
      device,
      spaces: [...spaces.values()],
      onChange: () => {
        this.#addGpus();
        this.#handOut();
      },
    });
  }

  /** Further GPUs are started when the first has shown that CUDA works: else each would become one more host on the CPU. */
  #addGpus(): void {
    if (this.#further.length === 0 || this.#devices[0]?.status().ep !== 'cuda') return;
    const added = this.#further.map((device) => this.#supervise(device));
    this.#further = [];
    this.#devices.push(...added);
    for (const device of added) device.start();
  }

  /** Spaces that no host serves, by id. */
  #failedSpaces(): Map<string, string> {
    const failed = new Map<string, string>();
    for (const { card, fingerprint } of this.#options.spaces.values()) {
      if (this.#devices.some((device) => device.serves(fingerprint))) continue;
      const reasons = this.#devices.map((device) => device.failureOf(fingerprint)).filter((text) => text !== undefined);
      failed.set(card.id, [...new Set(reasons)].join('; ') || 'its host is being restarted');
    }
    return failed;
  }

  #handOut(): void {
    const left: Pending[] = [];
    for (const pending of this.#waiting.splice(0)) {
      const { fingerprint, card } = pending.space;
      const serving = this.#devices.filter((device) => device.serves(fingerprint));
      const [idlest] = serving.filter((device) => device.jobs < BATCHES_PER_HOST).sort((a, b) => a.jobs - b.jobs);
      if (idlest) void this.#give(idlest, pending);
      else if (serving.length > 0 || this.#mayServe(fingerprint)) left.push(pending);
      else pending.settle.reject(notReady(`${card.id} is not served any more in this version, or on no device`));
    }
    this.#waiting.push(...left);
  }

  /** Whether some host may come to serve a space: it is being restarted, or has not opened it yet. */
  #mayServe(fingerprint: string): boolean {
    return this.#devices.some((device) => device.mayServe(fingerprint));
  }

  async #give(device: Supervisor, pending: Pending): Promise<void> {
    const { space, work, settle } = pending;
    try {
      settle.resolve(await device.run(space, work));
    } catch (error) {
      if (error instanceof HostEnded) this.#rescue(pending, error);
      else settle.reject(new ServiceError('internal_error', 'The model could not be run', { cause: error }));
    }
    this.#handOut();
  }

  /** What a dying host had goes first, in its old order. */
  #rescue(pending: Pending, { wasRunning }: HostEnded): void {
    if (wasRunning) pending.attempts += 1;
    if (this.#isStopping) pending.settle.reject(notReady('The service is shutting down'));
    else if (pending.attempts < MAX_ATTEMPTS) this.#waiting = [...this.#waiting, pending].sort((a, b) => a.id - b.id);
    else pending.settle.reject(notReady('The inference host ended twice under this request'));
  }
}
