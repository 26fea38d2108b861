// SPDX-License-Identifier: Apache-2.0
import picomatch from 'picomatch';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { FilterSettings } from './filter-object.ts';
import { relativeKey } from './relative-key.ts';

/** Which objects of a source are wanted at all. */
export interface WantedObjects {
  /** `.json` files are read beside recordings and are nothing of their own. */
  readonly sidecars: boolean;
  /** Globs on the key below the prefix; empty: every key. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly minBytes?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** ISO 8601. */
  readonly modifiedAfter?: string | undefined;
  readonly modifiedBefore?: string | undefined;
  readonly minAgeSeconds?: number | undefined;
  readonly maxAgeSeconds?: number | undefined;
}

type Matcher = (relative: string) => boolean;

/** Hidden names count, case does too, on every system. */
const OPTIONS = { dot: true, nonegate: true, windows: false };

const NEVER: Matcher = () => false;

/** A glob without a slash is held against the name alone, in whatever folder it lies. */
function anyOf(globs: readonly string[]): Matcher {
  const names = globs.filter((glob) => !glob.includes('/'));
  const paths = globs.filter((glob) => glob.includes('/'));
  const isName = names.length > 0 ? picomatch(names, OPTIONS) : NEVER;
  const isPath = paths.length > 0 ? picomatch(paths, OPTIONS) : NEVER;
  return (relative) => isName(relative.slice(relative.lastIndexOf('/') + 1)) || isPath(relative);
}

function globsOf(
  store: Pick<ObjectStore, 'prefix'>,
  { include, exclude }: WantedObjects,
): Pick<FilterSettings, 'isWanted'> {
  if (include.length === 0 && exclude.length === 0) return {};
  const isIncluded = include.length > 0 ? anyOf(include) : () => true;
  const isExcluded = anyOf(exclude);
  const isWanted = (key: string): boolean => {
    const relative = relativeKey(store, key);
    return isIncluded(relative) && !isExcluded(relative);
  };
  return { isWanted };
}

interface Bounds {
  /** Of the inference service, bytes. */
  readonly maxBytes: number;
  /** Milliseconds; ages count from here for the whole run. */
  readonly now: number;
}

/** The filter of one run over one source. */
export function makeFilter(
  store: Pick<ObjectStore, 'prefix'>,
  wanted: WantedObjects,
  { maxBytes, now }: Bounds,
): FilterSettings {
  const timeOf = (text: string | undefined, otherwise: number): number =>
    text === undefined ? otherwise : Date.parse(text);
  const ago = (seconds: number | undefined, otherwise: number): number =>
    seconds === undefined ? otherwise : now - seconds * 1000;
  return {
    hasSidecars: wanted.sidecars,
    ...globsOf(store, wanted),
    minBytes: wanted.minBytes ?? 0,
    maxBytes: Math.min(maxBytes, wanted.maxBytes ?? Number.POSITIVE_INFINITY),
    modifiedFrom: Math.max(timeOf(wanted.modifiedAfter, -Infinity), ago(wanted.maxAgeSeconds, -Infinity)),
    modifiedBefore: Math.min(timeOf(wanted.modifiedBefore, Infinity), ago(wanted.minAgeSeconds, Infinity)),
  };
}
