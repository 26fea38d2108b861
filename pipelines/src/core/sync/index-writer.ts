// SPDX-License-Identifier: Apache-2.0
import type { BulkOutcome } from '../../ports/bulk-writer.ts';
import type { EmbeddedRecording } from '../../ports/embedder.ts';
import type { Entry } from '../../ports/object-store.ts';
import type { Recording, RecordingTags } from '../../ports/recording-reader.ts';
import { Budget } from './budget.ts';
import { documentId } from './document-id.ts';
import { makeDocument } from './make-document.ts';
import { recordFailure } from './record-failure.ts';
import type { SyncRun, Todo } from './sync-run.ts';

/** Documents that may wait for their acknowledgement, by number and by bytes: an hour of segments makes megabytes. */
const MOST_WAITING = 400;
const MOST_WAITING_BYTES = 32 << 20;
/** What even a small document takes of the room. */
const LEAST_BYTES = Math.ceil(MOST_WAITING_BYTES / MOST_WAITING);

interface Parts {
  readonly embedded: EmbeddedRecording;
  readonly recording: Recording;
  readonly tags: RecordingTags;
}

/** Hands documents to the bulk writers and settles objects by their acknowledgements, in any order. */
export class IndexWriter {
  private readonly run: SyncRun;
  private readonly room = new Budget(MOST_WAITING_BYTES);
  private failure: { readonly error: unknown } | undefined;

  constructor(run: SyncRun) {
    this.run = run;
  }

  throwIfFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  /** Returns when the document has found room; the acknowledgement comes later. */
  async submit(todo: Todo, entry: Entry, parts: Parts): Promise<void> {
    const { target } = todo;
    const id = documentId(this.run.store.id, entry.key);
    const body = this.bodyOf(todo, entry, { id, ...parts });
    const leave = await this.room.acquire(Math.max(body.length, LEAST_BYTES));
    const began = performance.now();
    target.index.writer
      .submit({ opId: entry.key, id, action: 'index', version: target.runSeq, body })
      .then((outcome) => {
        this.run.meter?.ended('index', began);
        return this.read(outcome, todo, { entry, audioSeconds: parts.embedded.durationMs / 1000 });
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
      embedded: parts.embedded,
      tags: parts.tags,
      labels: settings.labels(entry.key.slice(store.prefix.length)),
      runId: this.run.id,
      runSeq: target.runSeq,
      acceptsBase64: target.index.acceptsBase64,
    });
    return Buffer.from(JSON.stringify(document));
  }

  private async read(
    outcome: BulkOutcome,
    todo: Todo,
    { entry, audioSeconds }: { readonly entry: Entry; readonly audioSeconds: number },
  ): Promise<void> {
    const { target } = todo;
    const stop = target.index.writer.stopReason();
    if (stop) throw stop;
    const { state, code = 'unknown', message = '', attempts } = outcome;
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
      if (state === 'acked') target.tally.indexed(audioSeconds);
      else target.tally.unchanged();
      if (target.known.has(entry.key)) await target.letters.resolve(documentId(this.run.store.id, entry.key));
    }
    target.tally.finishOne(entry.size);
  }
}
