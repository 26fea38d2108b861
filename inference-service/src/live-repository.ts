// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type CardFile, readCardFiles, type Space } from '@earshot/models/registry';
import type { Logger } from 'pino';
import type { ActiveRequests } from './core/active-requests.ts';
import type { RepositoryEntry, SpaceRepository } from './core/repository-port.ts';
import { ServiceError } from './core/service-error.ts';
import type { EngineGroup } from './host/engine-group.ts';

const IDLE_POLL_MS = 50;

export interface LiveRepositoryOptions {
  readonly modelsDir: string;
  /** What every route looks spaces up in; changed here and nowhere else. */
  readonly spaces: Map<string, Space>;
  readonly engine: Pick<EngineGroup, 'load' | 'unload' | 'batchesOf' | 'status'>;
  readonly activeRequests: ActiveRequests;
  readonly log: Logger;
}

const unknown = (id: string, where: string): ServiceError =>
  new ServiceError('model_not_found', `There is no space ${id} ${where}`, { param: 'model' });

const notLoadable = (message: string, cause?: unknown): ServiceError =>
  new ServiceError('model_not_loadable', message, { param: 'model', cause });

/** @throws ServiceError model_not_found, model_not_loadable */
function findCard(id: string, files: readonly CardFile[]): Space {
  const [file, ...others] = files.filter((one) => one.id === id);
  if (!file) throw unknown(id, 'in the models folders');
  if (others.length > 0) throw notLoadable(`Two model cards carry the id ${id}: remove one of them`);
  if (!file.space) throw notLoadable(file.problem);
  return file.space;
}

/** Loads, swaps and unloads spaces of the models folders while the service runs. */
export function createLiveRepository(options: LiveRepositoryOptions): SpaceRepository {
  const { modelsDir, spaces, engine, activeRequests, log } = options;
  const busy = new Set<string>();
  const loading = new Set<string>();

  const exclusively = async <T>(id: string, task: () => Promise<T>): Promise<T> => {
    if (busy.has(id)) throw new ServiceError('model_busy', `${id} is being loaded or unloaded already`);
    busy.add(id);
    try {
      return await task();
    } finally {
      busy.delete(id);
    }
  };

  const isNeeded = (fingerprint: string): boolean =>
    loading.has(fingerprint) || [...spaces.values()].some((space) => space.fingerprint === fingerprint);

  /** Requests that began before may still hold the space: its session is closed when they have ended. */
  const release = async ({ card, fingerprint }: Space): Promise<void> => {
    await activeRequests.untilEnded();
    while (engine.batchesOf(fingerprint) > 0) await sleep(IDLE_POLL_MS);
    if (isNeeded(fingerprint)) return;
    await engine.unload(fingerprint);
    log.info({ model: card.id, fingerprint }, 'space released');
  };

  /** Keeps the order of the folders: the first space is the one that answers when none is named. */
  const serve = (space: Space, files: readonly CardFile[]): void => {
    const rank = new Map(files.map(({ id }, index) => [id, index]));
    const next = new Map(spaces).set(space.card.id, space);
    const sorted = [...next].sort(([a], [b]) => (rank.get(a) ?? files.length) - (rank.get(b) ?? files.length));
    spaces.clear();
    for (const [id, one] of sorted) spaces.set(id, one);
  };

  const open = async (space: Space): Promise<void> => {
    loading.add(space.fingerprint);
    try {
      await engine.load(space);
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw notLoadable(`${space.card.id} cannot be loaded: ${(error as Error).message}`, error);
    } finally {
      loading.delete(space.fingerprint);
    }
  };

  const describe = (id: string, file: CardFile | undefined): RepositoryEntry => {
    const served = spaces.get(id);
    const version = String((served ?? file?.space)?.card.version ?? '');
    if (!served) return { id, version, fingerprint: null, isReady: false, reason: file?.problem || 'it is not loaded' };
    const { isUp, failedSpaces, problems } = engine.status();
    const reason = (isUp ? failedSpaces.get(id) : problems[0]) ?? '';
    return { id, version, fingerprint: served.fingerprint, isReady: reason === '', reason };
  };

  return {
    index: () => {
      const files = new Map(readCardFiles(modelsDir).map((file) => [file.id, file]));
      return [...new Set([...files.keys(), ...spaces.keys()])].map((id) => describe(id, files.get(id)));
    },
    load: (id) =>
      exclusively(id, async () => {
        const files = readCardFiles(modelsDir);
        const space = findCard(id, files);
        const served = spaces.get(id);
        if (served && isDeepStrictEqual(served, space) && !engine.status().failedSpaces.has(id))
          return { space, hasChanged: false };
        await open(space);
        serve(space, files);
        log.info({ model: id, fingerprint: space.fingerprint, replaced: served?.fingerprint }, 'space loaded');
        if (served && served.fingerprint !== space.fingerprint) void release(served);
        return { space, hasChanged: true };
      }),
    unload: (id) =>
      exclusively(id, async () => {
        const served = spaces.get(id);
        if (!served) throw unknown(id, 'in service');
        spaces.delete(id);
        log.info({ model: id, fingerprint: served.fingerprint }, 'space unloaded');
        void release(served);
      }),
  };
}
