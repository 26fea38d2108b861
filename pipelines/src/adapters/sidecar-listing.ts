// SPDX-License-Identifier: Apache-2.0
import { extensionOf, isNamedAudio, isSidecar } from '../core/sync/audio-names.ts';
import { type Entry, type ListEvent, ObjectStoreError } from '../ports/object-store.ts';

/** Entries that may wait for a sidecar listed behind them; then the store is asked instead. */
const MOST_WAITING = 1000;

export const mayHaveSidecar = (key: string): boolean =>
  !key.endsWith('/') && (isNamedAudio(key) || extensionOf(key) === '');

/** Names of the sidecars of `a/x.wav`: `a/x.wav.json` counts before `a/x.json`. */
export function sidecarNames(key: string): readonly string[] {
  const extension = extensionOf(key);
  const own = `${key}.json`;
  return extension === '' ? [own] : [own, `${key.slice(0, -extension.length)}json`];
}

/**
 * What every key between a recording and its sidecars begins with. In byte order such keys stand together: as soon as
 * another key comes, no sidecar can follow.
 */
function neighbourhood(key: string): string {
  const extension = extensionOf(key);
  return extension === '' ? key : key.slice(0, -extension.length);
}

interface Waiting {
  readonly entry: Entry;
  /** Empty for what has no sidecar. */
  readonly names: readonly string[];
  readonly found: (Entry | undefined)[];
  readonly among: string;
}

interface Ask {
  /** The sidecar of a recording, by name. */
  find(key: string): Promise<Entry | undefined>;
  join(entry: Entry, sidecar: Entry | undefined): Entry;
  readonly signal: AbortSignal;
}

class Neighbours {
  private readonly waiting: Waiting[] = [];
  /** Sidecars whose recordings may still come. */
  private readonly before = new Map<string, Entry>();
  private last = '';

  get head(): Waiting | undefined {
    return this.waiting[0];
  }

  get isFull(): boolean {
    return this.waiting.length > MOST_WAITING;
  }

  add(entry: Entry): void {
    const { key } = entry;
    this.last = key;
    for (const name of this.before.keys()) if (!key.startsWith(neighbourhood(name))) this.before.delete(name);
    const names = mayHaveSidecar(key) ? sidecarNames(key) : [];
    const found = names.map((name) => this.before.get(name));
    this.waiting.push({ entry, names, found, among: neighbourhood(key) });
    if (!isSidecar(key)) return;
    this.before.set(key, entry);
    for (const one of this.waiting) {
      const place = one.names.indexOf(key);
      if (place >= 0) one.found[place] = entry;
    }
  }

  /** Whether nothing listed later can be its sidecar, or a better one than was found. */
  isSettled({ names, found, among }: Waiting): boolean {
    return names.length === 0 || found[0] !== undefined || !this.last.startsWith(among);
  }

  drop(): void {
    this.waiting.shift();
  }
}

const best = ({ found }: Waiting): Entry | undefined => found.find((sidecar) => sidecar !== undefined);

/**
 * A listing in which every recording carries its sidecar. Entries wait until the listing has passed the names of their
 * sidecars, mostly for one or two keys. Where the listing breaks off, or too many wait, the store is asked; an entry for
 * which it does not answer is left out, and the listing is incomplete.
 */
export async function* attachSidecars(
  listing: AsyncIterable<ListEvent>,
  { find, join, signal }: Ask,
): AsyncGenerator<ListEvent> {
  const neighbours = new Neighbours();
  let unknown = 0;
  async function* take(isAll: boolean, isComplete: boolean): AsyncGenerator<ListEvent> {
    for (let head = neighbours.head; head; head = neighbours.head) {
      const isSettled = isComplete || neighbours.isSettled(head);
      if (!isSettled && !isAll && !neighbours.isFull) return;
      neighbours.drop();
      const sidecar = isSettled ? best(head) : await ask(head.entry.key);
      if (sidecar === null) unknown++;
      else yield { type: 'entry', entry: join(head.entry, sidecar) };
    }
  }
  /** null: the store does not say. */
  async function ask(key: string): Promise<Entry | undefined | null> {
    if (signal.aborted) return null;
    return find(key).catch((error: unknown) => {
      if (error instanceof ObjectStoreError) return null;
      throw error;
    });
  }
  for await (const event of listing) {
    if (event.type === 'entry') {
      neighbours.add(event.entry);
      yield* take(false, false);
      continue;
    }
    yield* take(true, event.complete);
    const reason = event.reason ?? `${unknown} recording(s) could not be asked for a sidecar`;
    yield unknown === 0 ? event : { ...event, complete: false, count: event.count - unknown, reason };
    return;
  }
}
