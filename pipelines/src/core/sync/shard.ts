// SPDX-License-Identifier: Apache-2.0
import type { IdRange } from '../../ports/sync-index.ts';

/** One part of a source: `index` from 1 to `count`. 1 of 1 is the whole. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export const WHOLE_SOURCE: Shard = { index: 1, count: 1 };

/** base64url digits in the order of their bytes, which is how Elasticsearch compares keywords. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const WIDTH = 4;
const PLACES = DIGITS.length ** WIDTH;

/** Most parts that a source can be divided into. */
export const MOST_SHARDS = 1024;

function idAt(place: number): string {
  let text = '';
  for (let rest = place, i = 0; i < WIDTH; i++) {
    text = (DIGITS[rest % DIGITS.length] ?? '') + text;
    rest = Math.floor(rest / DIGITS.length);
  }
  return text;
}

/**
 * The document ids of a shard. Ids are hashes of keys, so equal ranges of ids are equal shares of the keys; and a range
 * is something that Elasticsearch can select by, which a remainder is not.
 */
export function idRangeOf({ index, count }: Shard): IdRange {
  const bound = (part: number): string => idAt(Math.ceil((part * PLACES) / count));
  return {
    ...(index > 1 ? { from: bound(index - 1) } : {}),
    ...(index < count ? { before: bound(index) } : {}),
  };
}

/** Ids are ASCII, whose order is the same in JavaScript and in bytes. */
export const isInRange = ({ from, before }: IdRange, id: string): boolean =>
  (from === undefined || id >= from) && (before === undefined || id < before);

/** `2/8`; undefined when it is no such thing. */
export function parseShard(text: string): Shard | undefined {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  const isFitting = shard.index >= 1 && shard.index <= shard.count && shard.count <= MOST_SHARDS;
  return isFitting ? shard : undefined;
}

export const describeShard = ({ index, count }: Shard): string => `${index}/${count}`;
