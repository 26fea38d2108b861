// SPDX-License-Identifier: Apache-2.0
import type { DeadLetter, SyncStage } from '../../ports/dead-letters.ts';
import type { Entry } from '../../ports/object-store.ts';
import { documentId } from './document-id.ts';
import type { SyncRun, Todo } from './sync-run.ts';

export interface Why {
  readonly stage: SyncStage;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly attempts: number;
}

function letterOf({ store }: SyncRun, { target, stored }: Todo, failed: Why & { readonly entry: Entry }): DeadLetter {
  const { entry, stage, code, message, retryable, attempts } = failed;
  const now = new Date().toISOString();
  const before = target.known.get(entry.key);
  return {
    id: documentId(store.id, entry.key),
    key: entry.key,
    uri: store.uriOf(entry.key),
    ...(entry.etag ? { etag: entry.etag } : {}),
    size: entry.size,
    stage,
    code,
    message: message.slice(0, 1000),
    retryable,
    stale: stored !== undefined,
    attempts: (before?.attempts ?? 0) + attempts,
    firstSeen: before?.firstSeen ?? now,
    lastSeen: now,
    pipelineFingerprint: target.pipelineFingerprint,
  };
}

/** Counts a failure, writes its dead letter and tells of it. */
export async function recordFailure(run: SyncRun, todo: Todo, failed: Why & { readonly entry: Entry }): Promise<void> {
  const { target } = todo;
  const letter = letterOf(run, todo, failed);
  await target.letters.put(letter, run.id);
  const { id, key, stage, code, message: reason, retryable } = letter;
  target.tally.failed({ id, key, stage, code, reason });
  run.reporter.event({ event: 'object_failed', space: target.index.space, id, key, stage, code, reason, retryable });
}

/** Whether somebody may want to look at it: remembered verdicts are no failures. */
export const isOpenFailure = ({ stage }: Pick<DeadLetter, 'stage'>): boolean => stage !== 'probe';

/** Left out, and remembered, so that the next run does not fetch it again to see the same. */
export async function recordNotAudio(run: SyncRun, todo: Todo, entry: Entry): Promise<void> {
  const why: Why = {
    stage: 'probe',
    code: 'not_audio',
    message: 'neither its name nor its first bytes say audio',
    retryable: false,
    attempts: 1,
  };
  await todo.target.letters.put(letterOf(run, todo, { entry, ...why }), run.id, { isResolved: true });
  todo.target.tally.skipped('not_audio');
}
