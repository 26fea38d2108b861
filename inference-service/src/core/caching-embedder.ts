// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { LRUCache } from 'lru-cache';
import type { Embedder, EmbedOptions, RecordingEmbedding } from './embedder.ts';
import { ServiceError } from './service-error.ts';

/** What an object and each of its members cost besides their content, roughly. */
const OBJECT_BYTES = 48;
const NUMBER_BYTES = 8;

/** Memory a value holds, roughly: vectors are counted exactly, and they are nearly all of it. */
function approximateBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength + 2 * OBJECT_BYTES;
  if (typeof value === 'string') return value.length * 2;
  if (typeof value !== 'object' || value === null) return NUMBER_BYTES;
  return Object.values(value).reduce<number>((sum, member) => sum + approximateBytes(member), OBJECT_BYTES);
}

const sizeOf = ({ space: _space, ...result }: RecordingEmbedding, key: string): number =>
  approximateBytes(result) + approximateBytes(key);

/**
 * Content and options as text; undefined where results may not be kept. Every option counts but those named here (what
 * the vectors are for counts by the space), so
 * that one added later cannot be forgotten. Options that are functions want to see the work being done.
 */
function contentKey({
  sha256,
  isCacheBypassed,
  signal: _,
  deadlineAt: _deadlineAt,
  priority: _priority,
  inputType: _inputType,
  ...rest
}: EmbedOptions): string | undefined {
  // What is off is as good as not said.
  const entries = Object.entries(rest).filter(([, value]) => value !== undefined && value !== false);
  if (sha256 === undefined || isCacheBypassed || entries.some(([, value]) => typeof value === 'function')) return;
  return `${sha256}:${JSON.stringify(entries.sort())}`;
}

/** A space of melodies gives other vectors to search with than to index; all others give the same. */
const isForSearch = ({ card }: Space, { inputType }: EmbedOptions): boolean =>
  card.melody !== undefined && inputType === 'search';

/** Waits no longer than the signal allows. */
async function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** A result being computed for somebody; the rest is that client's. */
interface Flight extends Pick<EmbedOptions, 'signal' | 'deadlineAt'> {
  readonly result: Promise<RecordingEmbedding>;
}

/** Its client left, ran out of time, or was turned away for having less of it: that is no answer for others. */
function concernsItsClientAlone(error: unknown, flight: Flight, { deadlineAt = Infinity }: EmbedOptions): boolean {
  if (flight.signal.aborted) return true;
  const isTurnedAway = error instanceof ServiceError && error.code === 'queue_full';
  return isTurnedAway && deadlineAt > (flight.deadlineAt ?? Infinity);
}

interface Wanted {
  readonly space: Space;
  readonly key: string;
  readonly flightKey: string;
}

export interface CacheOptions {
  /** Room for results, bytes. */
  readonly maxBytes: number;
  /** Called once for each result that had not to be computed. */
  readonly onHit: () => void;
}

/**
 * Gives results of the same content, fingerprint and options again, and computes equal ones asked for at the same time
 * once. Failures are not kept. A swapped graph has another fingerprint, so nothing in here goes stale.
 */
export function createCachingEmbedder(inner: Embedder, { maxBytes, onHit }: CacheOptions): Embedder {
  const cache = new LRUCache<string, RecordingEmbedding>({ maxSize: maxBytes, sizeCalculation: sizeOf });
  const flights = new Map<string, Flight>();

  const asHit = (result: RecordingEmbedding, space: Space): RecordingEmbedding => {
    onHit();
    return { ...result, space, queueMs: 0, decodeMs: 0, inferMs: 0, cache: 'hit' };
  };

  /** Computes the spaces in one pass, and lets others wait for the results. */
  const compute = (path: string, wanted: readonly Wanted[], options: EmbedOptions): Promise<RecordingEmbedding>[] => {
    const spaces = wanted.map(({ space }) => space);
    const pass = inner.embed(path, spaces, options);
    return wanted.map(({ key, flightKey }, index) => {
      const result = pass
        .then((results) => {
          const own = results[index];
          if (!own) throw new Error(`the embedder gave ${results.length} results for ${spaces.length} spaces`);
          cache.set(key, own);
          return { ...own, cache: 'miss' as const };
        })
        .finally(() => flights.delete(flightKey));
      // Somebody awaits it, but maybe later.
      result.catch(() => undefined);
      flights.set(flightKey, { result, signal: options.signal, deadlineAt: options.deadlineAt });
      return result;
    });
  };

  const join = async (
    flight: Flight,
    path: string,
    wanted: Wanted,
    options: EmbedOptions,
  ): Promise<RecordingEmbedding> => {
    try {
      return asHit(await withSignal(flight.result, options.signal), wanted.space);
    } catch (error) {
      if (options.signal.aborted || !concernsItsClientAlone(error, flight, options)) throw error;
    }
    return resolveOne(path, wanted, options);
  };

  const resolveOne = async (path: string, wanted: Wanted, options: EmbedOptions): Promise<RecordingEmbedding> => {
    const known = cache.get(wanted.key);
    if (known) return asHit(known, wanted.space);
    const flight = flights.get(wanted.flightKey);
    if (flight) return join(flight, path, wanted, options);
    const [result] = await Promise.all(compute(path, [wanted], options));
    if (!result) throw new Error(`no result for ${wanted.space.card.id}`);
    return result;
  };

  const embedAll = (path: string, wanted: readonly Wanted[], options: EmbedOptions): Promise<RecordingEmbedding[]> => {
    const isNew = ({ key, flightKey }: Wanted): boolean => !cache.has(key) && !flights.has(flightKey);
    const fresh = wanted.filter(isNew);
    const computed = fresh.length > 0 ? compute(path, fresh, options) : [];
    return Promise.all(wanted.map((one) => computed[fresh.indexOf(one)] ?? resolveOne(path, one, options)));
  };

  return {
    admit: (...request) => inner.admit(...request),
    embedWindows: (...request) => inner.embedWindows(...request),
    embedContours: (...request) => inner.embedContours(...request),
    queuedWindows: (priority) => inner.queuedWindows(priority),
    embed: async (path, spaces, options) => {
      const content = contentKey(options);
      if (content === undefined) return inner.embed(path, spaces, options);
      const wanted = spaces.map((space) => {
        const key = `${space.fingerprint}:${isForSearch(space, options) ? 'search:' : ''}${content}`;
        // Who waits for an answer does not wait behind a bulk run.
        return { space, key, flightKey: `${options.priority}:${key}` };
      });
      return embedAll(path, wanted, options);
    },
  };
}
