// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { DeviceStatus } from '../core/engine-port.ts';
import { batchSizes } from './batch-sizes.ts';
import { HostEnded, type HostLog, HostProcess } from './host-process.ts';
import type { BatchWork, EpMiss, HostJob, HostResults, Loaded, LoadJob } from './host-protocol.ts';
import { createMemoryWatch, type MemoryWatch } from './memory-watch.ts';
import type { Device } from './plan-devices.ts';

const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 10_000;
/** A host that lived this long starts the back-off anew. */
const STABLE_MS = 30_000;
/** Before another try to replace a host whose successor did not come up as good. */
const REPLACE_AGAIN_MS = 60_000;

export interface HostSettings {
  readonly threads: number;
  readonly maxBatchWindows: Readonly<Record<string, number>>;
  readonly batchTimeoutMs: number;
  readonly loadTimeoutMs: number;
  /** Idle time after which the golden signals are run, ms; 0: never. */
  readonly canaryMs: number;
  /** See createMemoryWatch. */
  readonly maxRssBytes: number | undefined;
  /** Program of the host; another one injects faults. */
  readonly program?: string;
  readonly log: HostLog;
}

interface SupervisorOptions extends HostSettings {
  readonly device: Device;
  readonly spaces: readonly Space[];
  /** It can take work, or will never take some of what waits. */
  readonly onChange: () => void;
}

/** A host that has loaded. */
interface Up {
  readonly host: HostProcess;
  readonly ep: string | null;
  readonly tried: readonly EpMiss[];
  /** Fingerprints that can be run. */
  readonly open: Set<string>;
  /** Fingerprint → reason. */
  readonly failed: Map<string, string>;
  readonly memory: MemoryWatch;
  readonly since: number;
  lastSuccessAt: number;
  isBeingChecked: boolean;
}

/**
 * Keeps the inference host of one device alive: restarts it with back-off when it crashes, hangs or misses a canary,
 * replaces it when its memory grows, and opens and closes spaces in it while it serves.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #wanted = new Map<string, Space>();
  readonly #excluded: EpMiss[] = [];
  readonly #retired = new Set<HostProcess>();
  #host: HostProcess | undefined;
  #successor: HostProcess | undefined;
  #up: Up | undefined;
  #tryingEp: string | undefined;
  #changing: Promise<unknown> = Promise.resolve();
  #isChanging = false;
  #mayReplaceAt = 0;
  #canaryTimer: NodeJS.Timeout | undefined;
  #restartTimer: NodeJS.Timeout | undefined;
  #backoffMs = FIRST_BACKOFF_MS;
  #restarts = 0;
  #replacements = 0;
  #isStopping = false;
  #problem = 'the inference host is starting';

  constructor(options: SupervisorOptions) {
    this.#options = options;
    for (const space of options.spaces) this.#wanted.set(space.fingerprint, space);
  }

  start(): void {
    if (this.#isStopping) return;
    const host = this.#spawn();
    this.#host = host;
    this.#loadInto(host).then(
      ({ spaces, loaded }) => this.#adopt(host, spaces, loaded),
      (error: Error) => host.kill(error.message),
    );
  }

  status(): DeviceStatus {
    const { device } = this.#options;
    const up = this.#up;
    const failures = [...(up?.failed ?? [])].map(([print, reason]) => `${this.#wanted.get(print)?.card.id}: ${reason}`);
    const name = device.name === 'auto' && up?.ep ? up.ep : device.name;
    return {
      name: name === 'cuda' ? `cuda:${device.deviceId}` : name,
      ep: up?.ep ?? null,
      tried: up?.tried ?? this.#excluded,
      pid: this.#host?.pid ?? null,
      restarts: this.#restarts,
      replacements: this.#replacements,
      rssBytes: this.#host?.rssBytes ?? null,
      problem: up ? failures.join('; ') || null : this.#problem,
    };
  }

  get isUp(): boolean {
    return this.#up !== undefined;
  }

  /** Jobs running and waiting in the host. */
  get jobs(): number {
    return this.#host?.jobs ?? 0;
  }

  serves(fingerprint: string): boolean {
    return this.#up?.open.has(fingerprint) ?? false;
  }

  /** Whether it serves the space, or will once it has restarted or caught up. */
  mayServe(fingerprint: string): boolean {
    return this.#wanted.has(fingerprint) && !this.#up?.failed.has(fingerprint);
  }

  /** Why this device cannot serve a space; undefined while it does, or may do so soon. */
  failureOf(fingerprint: string): string | undefined {
    return this.#up?.failed.get(fingerprint);
  }

  /** @throws HostEnded; Error with the reason when the graph could not be run */
  async run<W extends BatchWork>(space: Space, work: W): Promise<HostResults[W['type']]> {
    const up = this.#up;
    if (!up) throw new HostEnded(this.#problem, false);
    const { fingerprint, card } = space;
    try {
      const limit = { what: `a batch of ${card.id}`, limitMs: this.#options.batchTimeoutMs };
      const job: HostJob = { ...work, fingerprint };
      const output = await up.host.request(job, limit);
      up.lastSuccessAt = performance.now();
      return output as HostResults[W['type']];
    } catch (error) {
      // A device that has run out of memory or lost its driver fails every batch and stays up.
      if (!(error instanceof HostEnded)) void this.#checkHealth(up);
      throw error;
    }
  }

  /**
   * Opens a space beside the others and proves it at every batch size. While no host is up it is left to the next one.
   * @throws Error with the reason; then nothing has changed
   */
  load(space: Space): Promise<void> {
    return this.#change(async () => {
      const previous = this.#wanted.get(space.fingerprint);
      this.#wanted.set(space.fingerprint, space);
      try {
        if (this.#up) await this.#open(this.#up, space);
      } catch (error) {
        if (previous) this.#wanted.set(space.fingerprint, previous);
        else this.#wanted.delete(space.fingerprint);
        throw error;
      }
    });
  }

  /** Closes a space; the caller has seen to it that none of its batches is left. */
  unload(fingerprint: string): Promise<void> {
    return this.#change(async () => {
      this.#wanted.delete(fingerprint);
      if (this.#up) await this.#close(this.#up, fingerprint);
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#canaryTimer);
    clearTimeout(this.#restartTimer);
    const hosts = [this.#host, this.#successor, ...this.#retired];
    await Promise.all(hosts.map((host) => host?.kill('the service is shutting down')));
  }

  #spawn(): HostProcess {
    const { program, log } = this.#options;
    const host: HostProcess = new HostProcess({
      program,
      log,
      onTrying: (ep) => {
        if (host === this.#host) this.#tryingEp = ep;
      },
      onMemory: (rssBytes) => this.#onMemory(host, rssBytes),
      onExit: (reason) => this.#onExit(host, reason),
    });
    return host;
  }

  async #loadInto(host: HostProcess): Promise<{ spaces: readonly Space[]; loaded: Loaded }> {
    const { device, threads, maxBatchWindows, loadTimeoutMs } = this.#options;
    const spaces = [...this.#wanted.values()];
    const job: LoadJob = { type: 'load', spaces, ...device, excluded: this.#excluded, threads, maxBatchWindows };
    return { spaces, loaded: await host.request(job, { what: 'loading', limitMs: loadTimeoutMs }) };
  }

  #adopt(host: HostProcess, spaces: readonly Space[], loaded: Loaded): void {
    const { ep, tried } = loaded;
    const failed = new Map(loaded.failed.map(({ fingerprint, reason }) => [fingerprint, reason]));
    const open = new Set(spaces.map(({ fingerprint }) => fingerprint).filter((print) => !failed.has(print)));
    const memory = createMemoryWatch(this.#options.maxRssBytes);
    const now = performance.now();
    this.#host = host;
    this.#up = { host, ep, tried, open, failed, memory, since: now, lastSuccessAt: now, isBeingChecked: false };
    this.#tryingEp = undefined;
    this.#options.log('inference host loaded', { device: this.status().name, ep, tried, failed: loaded.failed });
    void this.#catchUp(this.#up);
    this.#armCanary();
    this.#options.onChange();
  }

  /** What was loaded or unloaded while this host was starting. */
  async #catchUp(up: Up): Promise<void> {
    for (const space of this.#wanted.values()) {
      if (up.open.has(space.fingerprint) || up.failed.has(space.fingerprint)) continue;
      await this.#open(up, space).catch((error: Error) => up.failed.set(space.fingerprint, error.message));
      this.#options.onChange();
    }
    for (const fingerprint of up.open) if (!this.#wanted.has(fingerprint)) await this.#close(up, fingerprint);
  }

  /** One change at a time; a host is not replaced in the middle of one. */
  #change<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(async () => {
      this.#isChanging = true;
      try {
        return await task();
      } finally {
        this.#isChanging = false;
        this.#options.onChange();
      }
    });
    this.#changing = done.catch(() => undefined);
    return done;
  }

  async #open(up: Up, space: Space): Promise<void> {
    const { fingerprint, card } = space;
    if (up.ep === null) return this.#loadAgain(up, space);
    const limit = { what: `loading ${card.id}`, limitMs: this.#options.loadTimeoutMs };
    try {
      await up.host.request({ type: 'open', space }, limit);
      // Size by size, so that batches of other spaces come in between.
      for (const batchSize of batchSizes(this.#options.maxBatchWindows[up.ep] ?? 1))
        await up.host.request({ type: 'check', space, batchSize }, limit);
    } catch (error) {
      if (!up.open.has(fingerprint))
        await up.host.request({ type: 'close', fingerprint }, limit).catch(() => undefined);
      throw error;
    }
    up.open.add(fingerprint);
    up.failed.delete(fingerprint);
    up.memory.reset();
  }

  /** Nothing could be opened so far, so no provider has been chosen either. */
  async #loadAgain(up: Up, space: Space): Promise<void> {
    const { spaces, loaded } = await this.#loadInto(up.host);
    const failure = loaded.failed.find(({ fingerprint }) => fingerprint === space.fingerprint);
    if (up === this.#up) this.#adopt(up.host, spaces, loaded);
    if (!failure) return;
    this.#up?.failed.delete(space.fingerprint);
    throw new Error(failure.reason);
  }

  async #close(up: Up, fingerprint: string): Promise<void> {
    up.failed.delete(fingerprint);
    if (!up.open.delete(fingerprint)) return;
    const limit = { what: 'closing a space', limitMs: this.#options.loadTimeoutMs };
    // When the host ends meanwhile, so does the session.
    await up.host.request({ type: 'close', fingerprint }, limit).catch(() => undefined);
  }

  #armCanary(): void {
    const { canaryMs } = this.#options;
    clearTimeout(this.#canaryTimer);
    const up = this.#up;
    if (canaryMs === 0 || !up) return;
    const dueMs = up.lastSuccessAt + canaryMs - performance.now();
    const ring = async (): Promise<void> => {
      if (performance.now() - up.lastSuccessAt >= canaryMs) await this.#checkHealth(up);
      if (up === this.#up) this.#armCanary();
    };
    this.#canaryTimer = setTimeout(() => void ring(), Math.max(1, Math.ceil(dueMs)));
  }

  /** The golden signal of every open space, once; a host that misses one is ended. */
  async #checkHealth(up: Up): Promise<void> {
    if (up.isBeingChecked) return;
    up.isBeingChecked = true;
    const spaces = [...this.#wanted.values()].filter(({ fingerprint }) => up.open.has(fingerprint));
    for (const space of spaces) {
      const what = `the canary of ${space.card.id}`;
      try {
        await up.host.request({ type: 'check', space, batchSize: 1 }, { what, limitMs: this.#options.batchTimeoutMs });
      } catch (error) {
        if (error instanceof HostEnded) return;
        if (up.open.has(space.fingerprint)) return up.host.kill(`${what} failed: ${(error as Error).message}`);
      }
    }
    up.lastSuccessAt = performance.now();
    up.isBeingChecked = false;
  }

  #onMemory(host: HostProcess, rssBytes: number): void {
    const up = this.#up;
    if (host !== up?.host || this.#successor || this.#isChanging) return;
    const verdict = up.memory.judge(rssBytes);
    const { log } = this.#options;
    if (verdict === 'hopeless')
      log('inference host has more memory than its limit as soon as it has loaded: no limit', { rssBytes }, 'warn');
    if (verdict === 'high' && performance.now() >= this.#mayReplaceAt)
      this.#change(() => this.#replace(up, rssBytes)).catch((error: Error) =>
        log('inference host could not be replaced', { reason: error.message, rssBytes }, 'warn'),
      );
  }

  /** The new host loads beside the old one, which then ends after the batches it has. */
  async #replace(up: Up, rssBytes: number): Promise<void> {
    this.#mayReplaceAt = performance.now() + REPLACE_AGAIN_MS;
    const successor = this.#spawn();
    this.#successor = successor;
    try {
      const { spaces, loaded } = await this.#loadInto(successor);
      if (up !== this.#up || this.#isStopping) throw new Error('the old one ended meanwhile');
      const lost = loaded.failed.find(({ fingerprint }) => up.open.has(fingerprint));
      if (loaded.ep !== up.ep || lost) throw new Error(lost?.reason ?? `the new one would run on ${loaded.ep}`);
      this.#retired.add(up.host);
      this.#replacements += 1;
      this.#mayReplaceAt = 0;
      this.#options.log('inference host replaced because of its memory', { rssBytes, pid: up.host.pid });
      this.#adopt(successor, spaces, loaded);
      up.host.retire();
    } catch (error) {
      void successor.kill('it is not needed');
      throw error;
    } finally {
      this.#successor = undefined;
    }
  }

  #onExit(host: HostProcess, reason: string): void {
    if (this.#retired.delete(host) || host !== this.#host) return;
    const { up, tryingEp } = { up: this.#up, tryingEp: this.#tryingEp };
    if (up && performance.now() - up.since > STABLE_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    clearTimeout(this.#canaryTimer);
    this.#host = undefined;
    this.#up = undefined;
    this.#tryingEp = undefined;
    if (this.#isStopping) return;
    this.#problem = `the inference host ended (${reason}) and is being restarted`;
    // A driver that kills the process would kill every next one as well; the last provider is always tried again.
    if (tryingEp !== undefined && this.#excluded.length < this.#options.device.eps.length - 1)
      this.#excluded.push({ ep: tryingEp, reason: `the host ended while loading (${reason})` });
    this.#restarts += 1;
    const { restarts, backoffMs } = { restarts: this.#restarts, backoffMs: this.#backoffMs };
    this.#options.log('inference host ended', { device: this.status().name, reason, tryingEp, restarts, backoffMs });
    this.#restartTimer = setTimeout(() => this.start(), backoffMs);
    this.#backoffMs = Math.min(backoffMs * 2, LAST_BACKOFF_MS);
    this.#options.onChange();
  }
}
