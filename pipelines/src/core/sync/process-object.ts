// SPDX-License-Identifier: Apache-2.0
import type { Entry } from '../../ports/object-store.ts';
import type { Recording, RecordingTags } from '../../ports/recording-reader.ts';
import { EarshotError } from '../earshot-error.ts';
import { isNamedAudio } from './audio-names.ts';
import { Breaker } from './breaker.ts';
import { ContentReuse } from './content-reuse.ts';
import { fetchListed } from './fetch-listed.ts';
import { IndexWriter } from './index-writer.ts';
import { type Obtained, obtainContent } from './obtain-content.ts';
import { recordFailure, recordNotAudio, type Why } from './record-failure.ts';
import type { SyncRun, SyncTarget, Todo, Work } from './sync-run.ts';

interface ReadRecordingParts {
  readonly recording: Recording;
  readonly tags: RecordingTags;
}

/** Takes listed objects through fetch, probe, embed and index; each todo is settled exactly once. */
export class ObjectProcessor {
  private readonly run: SyncRun;
  private readonly halt: AbortSignal;
  private readonly writer: IndexWriter;
  private readonly reuses: ReadonlyMap<SyncTarget, ContentReuse>;
  private hasWarned = false;
  private readonly breaker = new Breaker();

  /** @param halt aborted when the whole run must stop at once */
  constructor(run: SyncRun, halt: AbortSignal) {
    this.run = run;
    this.halt = halt;
    const warn = (error: unknown): void => this.warnOnce(error);
    this.reuses = new Map(run.targets.map((target) => [target, new ContentReuse(target.index, warn)]));
    this.writer = new IndexWriter(run, this.breaker);
  }

  async process({ entry: listed, todos }: Work): Promise<void> {
    this.writer.throwIfFailed();
    const fetched = await fetchListed(this.run, listed, this.halt);
    if (fetched.kind === 'skip') {
      for (const { target } of todos) target.tally.skipped(fetched.reason);
      this.finish({ entry: listed, todos });
    } else if (fetched.kind === 'fail')
      for (const todo of todos) await this.fail(todo, listed, { ...fetched, stage: 'get' });
    else await this.embedAndDispose({ entry: fetched.entry, todos }, fetched.recording);
  }

  /** Waits for every acknowledgement. */
  settle(): Promise<void> {
    return this.writer.settle();
  }

  private async embedAndDispose(work: Work, recording: Recording): Promise<void> {
    try {
      const isAudio = isNamedAudio(work.entry.key) || recording.mediaType?.startsWith('audio/') === true;
      if (isAudio) await this.embed(work, recording);
      else {
        for (const todo of work.todos) await recordNotAudio(this.run, todo, work.entry);
        this.finish(work);
      }
    } finally {
      await recording.dispose();
    }
  }

  private async embed({ entry, todos }: Work, recording: Recording): Promise<void> {
    const { force, forceKeys } = this.run.settings;
    const isForced = force || forceKeys?.has(entry.key) === true;
    const spaces = new Map(
      todos.map(({ target }) => [target.index.space, isForced ? undefined : this.reuses.get(target)]),
    );
    try {
      const wanted = { recording, spaces, signal: this.halt };
      const [tags, answers] = await Promise.all([recording.tags(), obtainContent(this.run.embedder, wanted)]);
      for (const todo of todos) {
        const answer = answers.get(todo.target.index.space);
        if (!answer) throw new EarshotError('INTERNAL', `no answer for ${todo.target.index.space}`);
        await this.conclude(todo, { entry, answer, recording, tags });
      }
    } finally {
      for (const { target } of todos) this.reuses.get(target)?.abandon(recording.sha256);
    }
  }

  private async conclude(
    todo: Todo,
    { entry, answer, ...read }: { readonly entry: Entry; readonly answer: Obtained } & ReadRecordingParts,
  ): Promise<void> {
    if (answer.kind === 'content') {
      await this.submit(todo, entry, { ...answer, ...read });
      if (!answer.isReused) this.breaker.settled();
      return;
    }
    const { state, ...why } = answer.failure;
    await this.fail(todo, entry, { ...why, stage: 'embed', retryable: state === 'unavailable' });
  }

  private async submit(
    todo: Todo,
    entry: Entry,
    parts: Extract<Obtained, { kind: 'content' }> & ReadRecordingParts,
  ): Promise<void> {
    const { space, fingerprint } = todo.target.index;
    if (parts.content.fingerprint !== fingerprint)
      throw new EarshotError(
        'FINGERPRINT_MISMATCH',
        `The inference service now answers ${space} with fingerprint ${parts.content.fingerprint}; the index has ${fingerprint}`,
      );
    const reuse = this.reuses.get(todo.target);
    if (!reuse) throw new EarshotError('INTERNAL', `${space} is no target of this run`);
    await this.writer.submit(todo, entry, { ...parts, reuse });
  }

  private async fail(todo: Todo, entry: Entry, why: Why): Promise<void> {
    await recordFailure(this.run, todo, { entry, ...why });
    this.finish({ entry, todos: [todo] });
    // One object that may not be read says nothing about the rest.
    if (why.retryable && why.code !== 'object_denied') this.breaker.failed(why.stage);
    else this.breaker.settled();
  }

  private finish({ entry, todos }: Work): void {
    for (const { target } of todos) target.tally.finishOne(entry.size);
  }

  private warnOnce(error: unknown): void {
    if (!this.hasWarned)
      this.run.reporter.warn(`Looking for known recordings fails, so all are embedded: ${String(error)}`);
    this.hasWarned = true;
  }
}
