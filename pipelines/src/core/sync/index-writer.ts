// SPDX-License-Identifier: Apache-2.0
import type { BulkOutcome } from '../../ports/bulk-writer.ts';
import type { Entry } from '../../ports/object-store.ts';
import type { Recording, RecordingTags } from '../../ports/recording-reader.ts';
import type { Breaker } from './breaker.ts';
import { Budget } from './budget.ts';
import type { ContentReuse } from './content-reuse.ts';
import { documentId } from './document-id.ts';
import type { RecordingContent } from './indexed-content.ts';
import { makeDocument } from './make-document.ts';
import { recordFailure } from './record-failure.ts';
import { relativeKey } from './relative-key.ts';
import type { SyncRun, Todo } from './sync-run.ts';

/** Documents that may wait for their acknowledgement, by number and by bytes: an hour of segments makes megabytes. */
const MOST_WAITING = 400;
const MOST_WAITING_BYTES = 32 << 20;
/** What even a small document takes of the room. */
const LEAST_BYTES = Math.ceil(MOST_WAITING_BYTES / MOST_WAITING);

interface Parts {
  readonly content: RecordingContent;
  readonly isReused: boolean;
  readonly recording: Recording;
  readonly tags: RecordingTags;
  /** Told what becomes of the document. */
  readonly reuse: ContentReuse;
}

interface Sent extends Pick<Parts, 'isReused' | 'reuse'> {
  readonly entry: Entry;
  readonly id: string;
  readonly sha256: string;
  readonly audioSeconds: number;
}

/** Hands documents to the bulk writers and settles objects by their acknowledgements, in any order. */
export class IndexWriter {
  private readonly run: SyncRun;
  private readonly breaker: Breaker;
  private readonly room = new Budget(MOST_WAITING_BYTES);
  private failure: { readonly error: unknown } | undefined;

  constructor(run: SyncRun, breaker: Breaker) {
    this.run = run;
    this.breaker = breaker;
  }

  throwIfFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  /** Returns when the document has found room; the acknowledgement comes later. */
  async submit(todo: Todo, entry: Entry, parts: Parts): Promise<void> {
    const { target } = todo;
    const id = documentId(this.run.store.id, entry.key);
    const body = this.bodyOf(todo, entry, { id, ...parts });
    const { content, isReused, reuse, recording } = parts;
    const { sha256 } = recording;
    reuse.made(sha256, body);
    const sent = { entry, id, sha256, isReused, reuse, audioSeconds: content.durationMs / 1000 };
    const leave = await this.room.acquire(Math.max(body.length, LEAST_BYTES));
    const began = performance.now();
    target.index.writer
      .submit({ opId: entry.key, id, action: 'index', version: target.runSeq, body })
      .then((outcome) => {
        this.run.meter?.ended('index', began);
        return this.read(outcome, todo, sent);
      })
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(leave);
  }

  async settle(): Promise<void> {
    await Promise.all(this.run.targets.map(({ index }) => index.writer.drain()));
    (await this.room.acquire(MOST_WAITING_BYTES))();
    this.throwIfFailed();
  }

  private bodyOf({ target }: Todo, entry: Entry, parts: Parts & { readonly id: string }): Buffer {
    const { store, settings } = this.run;
    const document = makeDocument({
      id: parts.id,
      store,
      entry,
      sha256: parts.recording.sha256,
      content: parts.content,
      tags: parts.tags,
      labels: settings.labels(relativeKey(store, entry.key)),
      runId: this.run.id,
      runSeq: target.runSeq,
      acceptsBase64: target.index.acceptsBase64,
    });
    return Buffer.from(JSON.stringify(document));
  }

  private async read(outcome: BulkOutcome, todo: Todo, sent: Sent): Promise<void> {
    const { target } = todo;
    const { entry, id } = sent;
    sent.reuse.settled(sent.sha256, outcome.state === 'acked' ? id : undefined);
    const stop = target.index.writer.stopReason();
    if (stop) throw stop;
    const { state, code = 'unknown', message = '', attempts, status } = outcome;
    if (state === 'poison' || state === 'failed')
      await recordFailure(this.run, todo, {
        entry,
        stage: 'index',
        code,
        message,
        retryable: state === 'failed',
        attempts,
      });
    else {
      if (state === 'acked') target.tally.indexed(sent);
      else target.tally.unchanged();
      if (target.known.has(entry.key)) await target.letters.resolve(id);
    }
    target.tally.finishOne(entry.size);
    // Without a status nothing was said of this document: Elasticsearch did not get to it until its time was over.
    if (state === 'failed' && status === undefined) this.breaker.failed('index');
  }
}
