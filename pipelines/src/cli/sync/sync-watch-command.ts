// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from 'node:net';
import { join } from 'node:path';
import { startEventReceiver } from '../../adapters/event-receiver.ts';
import { type KeySpool, openKeySpool } from '../../adapters/key-spool.ts';
import { createObjectStore } from '../../adapters/object-store.ts';
import type { Config } from '../../config/load-config.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import { type BucketEvents, keysMeant } from '../../core/sync/bucket-events.ts';
import { KeyBacklog } from '../../core/sync/key-backlog.ts';
import { type WatchedSource, watchSource } from '../../core/sync/watch-source.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { announceDrain } from './announce-drain.ts';
import { selectSources } from './each-source.ts';
import { createWatchRuns } from './watch-runs.ts';
import { withMetrics } from './with-metrics.ts';

/** One source, ready to be followed. */
interface Watched {
  readonly store: ObjectStore;
  readonly backlog: KeyBacklog;
  readonly spool: KeySpool;
  readonly source: WatchedSource;
}

/** More than wait here at once is more than a whole run would look at. */
const MOST_WAITING = 1_000_000;
/** A key that changes all the time is looked at after so many times the quiet it never gives. */
const PATIENCE = 10;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && LOOPBACK.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function checkExposure({ listen, watchToken }: Config): void {
  if (watchToken !== undefined || isLoopback(listen.host)) return;
  throw new EarshotError('CONFIG_INVALID', `Events would be received on ${listen.host} from anybody`, {
    remedy: 'Set EARSHOT_WATCH_TOKEN, or listen on 127.0.0.1.',
  });
}

async function openWatched(context: CommandContext, settings: SourceSettings): Promise<Watched> {
  const { debounce, reconcileEvery, stateDir } = context.config;
  const { id, library } = settings;
  const store = await createObjectStore(settings);
  const spool = await openKeySpool(join(stateDir, 'watch', `${library}.${id}.keys`));
  const backlog = new KeyBacklog({ quietMs: debounce * 1000, patienceMs: debounce * 1000 * PATIENCE });
  for (const key of spool.left) backlog.add(key, performance.now());
  const source = watchSource({
    backlog,
    ...createWatchRuns(context, settings),
    settled: () => spool.compact(() => backlog.keys(), backlog.size),
    onTrouble: ({ code, reason, retryInMs }) => {
      context.reporter.warn(`${id}: ${code} ${reason}; again in ${Math.round(retryInMs / 1000)} s`);
      const pending = backlog.size;
      context.reporter.event({ event: 'watch_waiting', source: id, code, reason, retry_in_ms: retryInMs, pending });
    },
    reconcileEveryMs: reconcileEvery * 1000,
    signal: context.signal,
  });
  context.metrics?.watchPending(() => (performance.now() - (backlog.oldestAt() ?? performance.now())) / 1000);
  return { store, backlog, spool, source };
}

/** Keeps what an event names, for every source it belongs to. */
async function keep(watched: readonly Watched[], events: BucketEvents, context: CommandContext): Promise<number> {
  if (events.kind === 'confirm') context.reporter.warn(`To confirm the subscription, open ${events.url}`);
  if (events.kind !== 'keys') return 0;
  let kept = 0;
  for (const { store, backlog, spool, source } of watched) {
    if (store.bucket === undefined) continue;
    const keys = events.keys
      .filter(({ bucket }) => bucket === store.bucket)
      .flatMap(({ key }) => keysMeant(key))
      .filter((key) => key.startsWith(store.prefix));
    if (keys.length === 0) continue;
    if (backlog.size + keys.length > MOST_WAITING)
      throw new EarshotError('STATE_UNWRITABLE', `${backlog.size} keys wait already`);
    const now = performance.now();
    for (const key of keys) backlog.add(key, now);
    await spool.append(keys);
    source.wake();
    kept += keys.length;
  }
  return kept;
}

async function watch(context: CommandContext, names: readonly string[]): Promise<number> {
  const { config, reporter } = context;
  checkExposure(config);
  const sources = selectSources(context, names);
  // What ends one source for good ends the watch: the others drain.
  const end = new AbortController();
  const ending = { ...context, signal: AbortSignal.any([context.signal, end.signal]) };
  const watched = await Promise.all(sources.map((source) => openWatched(ending, source)));
  const accept = (events: BucketEvents): Promise<number> => keep(watched, events, context);
  const receiver = await startEventReceiver({ ...config.listen, token: config.watchToken, accept });
  reporter.line(`Events are received at ${receiver.url}`);
  reporter.event({ event: 'watch_started', url: receiver.url, sources: sources.map(({ id }) => id) });
  const ended = await Promise.allSettled(
    watched.map(({ source }) =>
      source.run().catch((error: unknown) => {
        end.abort(error);
        throw error;
      }),
    ),
  );
  await receiver.close();
  await Promise.all(watched.map(({ spool }) => spool.close()));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return EXIT.done;
}

/** `earshot sync watch`: follows the events of buckets, and makes a whole run now and then. */
export const syncWatch: Action = (context, names) => {
  announceDrain(context);
  return withMetrics(context, (metered) => watch(metered, names));
};
