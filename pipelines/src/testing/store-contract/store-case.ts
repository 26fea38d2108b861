// SPDX-License-Identifier: Apache-2.0
import { buffer } from 'node:stream/consumers';
import type { S3Settings } from '../../config/source-settings.ts';
import type { Entry, ListEvent, ObjectStore } from '../../ports/object-store.ts';

/** An empty store with means to fill it. */
export interface StoreRoom {
  readonly store: ObjectStore;
  put(key: string, content: string | Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** The same place, seen below a prefix. */
  below(prefix: string): ObjectStore;
  /** An upload in parts of 5 MiB and a rest. */
  putInParts(key: string, content: Buffer): Promise<void>;
  /** So many bytes, without writing them all. */
  putHuge(key: string, size: number): Promise<void>;
  /** How a store would be reached with these changes; absent where there is no connection. */
  readonly connection?: S3Settings;
}

/** A kind of store under the contract; `gaps` names the cases that it cannot hold, and why. */
export interface StoreSubject {
  readonly name: string;
  /** Why it cannot be started here. */
  readonly skip: string | undefined;
  readonly gaps: Readonly<Record<string, string>>;
  start(): Promise<{ fresh(): Promise<StoreRoom>; stop(): Promise<void> }>;
}

export interface StoreCase {
  /** Stable name that gaps are declared by. */
  readonly id: string;
  /** A sentence about behaviour. */
  readonly title: string;
  readonly run: (room: StoreRoom) => Promise<void>;
}

export const forever = new AbortController().signal;

export type ListEnd = Extract<ListEvent, { type: 'end' }>;

export async function listAll(store: ObjectStore, signal = forever): Promise<{ entries: Entry[]; end: ListEnd }> {
  const entries: Entry[] = [];
  for await (const event of store.list({ signal })) {
    if (event.type === 'end') return { entries, end: event };
    entries.push(event.entry);
  }
  throw new Error('a listing without an end');
}

/** The only entry of a store. */
export async function theEntry(store: ObjectStore): Promise<Entry> {
  const { entries } = await listAll(store);
  const [entry] = entries;
  if (!entry || entries.length > 1) throw new Error(`${entries.length} entries instead of one`);
  return entry;
}

export const readText = async (store: ObjectStore, entry: Entry): Promise<string> =>
  (await buffer((await store.get(entry, { signal: forever })).body)).toString();

/** Calls `work` for every value, sixteen at once. */
export async function inBatches<T>(values: readonly T[], work: (value: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < values.length; i += 16) await Promise.all(values.slice(i, i + 16).map(work));
}
