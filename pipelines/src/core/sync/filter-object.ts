// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../ports/object-store.ts';
import { extensionOf, isNamedAudio, isSidecar } from './audio-names.ts';

/**
 * Why an object is left out; every one is counted, none is silent. `excluded`: by include and exclude globs;
 * `too_old`, `too_new`: by modification time, the latter only for the time being.
 */
export type SkipReason =
  | 'folder_marker'
  | 'sidecar'
  | 'excluded'
  | 'extension'
  | 'archived'
  | 'too_small'
  | 'too_large'
  | 'too_old'
  | 'too_new'
  | 'not_audio'
  | 'vanished';

export interface FilterSettings {
  /** `.json` objects are nothing of their own. */
  readonly hasSidecars?: boolean;
  /** By the globs; without them every key. */
  readonly isWanted?: (key: string) => boolean;
  /** Bytes. */
  readonly minBytes?: number;
  /** Bytes; what the inference service takes, or less. */
  readonly maxBytes: number;
  /** Milliseconds since 1970: from the first on, before the second. */
  readonly modifiedFrom?: number;
  readonly modifiedBefore?: number;
}

const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** A store that does not say when an object was modified cannot have it left out by that. */
function judgeTime({ modified }: Entry, settings: FilterSettings): SkipReason | undefined {
  const { modifiedFrom = -Infinity, modifiedBefore = Infinity } = settings;
  const isAnyTime = modifiedFrom === -Infinity && modifiedBefore === Infinity;
  if (modified === undefined || isAnyTime) return undefined;
  const time = Date.parse(modified);
  if (time < modifiedFrom) return 'too_old';
  return time >= modifiedBefore ? 'too_new' : undefined;
}

/** Judges by name, size, time and storage class alone. Objects without any extension are looked at later. */
export function filterObject(entry: Entry, settings: FilterSettings): SkipReason | undefined {
  const { key, size, storageClass } = entry;
  if (key.endsWith('/')) return 'folder_marker';
  if (settings.hasSidecars && isSidecar(key)) return 'sidecar';
  if (settings.isWanted?.(key) === false) return 'excluded';
  if (extensionOf(key) !== '' && !isNamedAudio(key)) return 'extension';
  if (ARCHIVE_CLASSES.has(storageClass ?? '')) return 'archived';
  if (size < (settings.minBytes ?? 0)) return 'too_small';
  if (size > settings.maxBytes) return 'too_large';
  return judgeTime(entry, settings);
}
