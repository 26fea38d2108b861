// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../ports/object-store.ts';
import { extensionOf, isNamedAudio } from './audio-names.ts';

/** Why an object is left out; every one is counted, none is silent. */
export type SkipReason = 'folder_marker' | 'archived' | 'extension' | 'too_large' | 'not_audio' | 'vanished';

export interface FilterSettings {
  /** Of the inference service, bytes. */
  readonly maxBytes: number;
}

const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Judges by name, size and storage class alone. Objects without any extension are looked at later. */
export function filterObject({ key, size, storageClass }: Entry, settings: FilterSettings): SkipReason | undefined {
  if (key.endsWith('/')) return 'folder_marker';
  if (extensionOf(key) !== '' && !isNamedAudio(key)) return 'extension';
  if (ARCHIVE_CLASSES.has(storageClass ?? '')) return 'archived';
  return size > settings.maxBytes ? 'too_large' : undefined;
}
