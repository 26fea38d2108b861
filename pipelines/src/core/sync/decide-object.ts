// SPDX-License-Identifier: Apache-2.0
import type { DeadLetter } from '../../ports/dead-letters.ts';
import type { Entry } from '../../ports/object-store.ts';
import type { StoredDocument } from '../../ports/sync-index.ts';
import type { SyncSettings, SyncTarget } from './sync-run.ts';

export type Decision =
  | { readonly kind: 'unchanged' | 'new' | 'changed' }
  /** Failed before in a way that would repeat: not even fetched. */
  | { readonly kind: 'known'; readonly letter: DeadLetter };

/**
 * Same key, ETag, size and version, embedded with the fingerprint of the index. Never a time. What was soft-deleted and
 * is back has to be written again.
 */
function isSame(entry: Entry, stored: StoredDocument, fingerprint: string): boolean {
  return (
    stored.etag === entry.etag &&
    stored.size === entry.size &&
    stored.versionId === entry.versionId &&
    stored.fingerprint === fingerprint &&
    stored.deletedAt === undefined
  );
}

/** What one space has to do with a listed object. */
export function decideObject(
  entry: Entry,
  stored: StoredDocument | undefined,
  {
    target,
    settings,
  }: { readonly target: SyncTarget; readonly settings: Pick<SyncSettings, 'force' | 'forceKeys' | 'retryKnown'> },
): Decision {
  const isForced = settings.force || settings.forceKeys?.has(entry.key) === true;
  if (stored && !isForced && isSame(entry, stored, target.index.fingerprint)) return { kind: 'unchanged' };
  const letter = target.known.get(entry.key);
  const isKnown =
    letter !== undefined &&
    !letter.retryable &&
    letter.etag === entry.etag &&
    letter.size === entry.size &&
    letter.pipelineFingerprint === target.pipelineFingerprint;
  if (isKnown && !settings.retryKnown && !isForced) return { kind: 'known', letter };
  return { kind: stored ? 'changed' : 'new' };
}
