// SPDX-License-Identifier: Apache-2.0
import type { EmbeddedRecording } from '../../ports/embedder.ts';
import type { Entry } from '../../ports/object-store.ts';
import type { Recording, RecordingTags } from '../../ports/recording-reader.ts';
import { EarshotError } from '../earshot-error.ts';
import { isNamedAudio } from './audio-names.ts';
import { embedRecording, isFailure } from './embed-recording.ts';
import { fetchListed } from './fetch-listed.ts';
import { IndexWriter } from './index-writer.ts';
import { recordFailure, recordNotAudio, type Why } from './record-failure.ts';
import type { SyncRun, Todo, Work } from './sync-run.ts';

/** Failures in a row after which the service counts as down. */
const BREAKER_LIMIT = 10;

/** Takes listed objects through fetch, probe, embed and index; each todo is settled exactly once. */
export class ObjectProcessor {
  private readonly run: SyncRun;
  private readonly halt: AbortSignal;
  private readonly writer: IndexWriter;
  private unavailableInARow = 0;

  /** @param halt aborted when the whole run must stop at once */
  constructor(run: SyncRun, halt: AbortSignal) {
    this.run = run;
    this.halt = halt;
    this.writer = new IndexWriter(run);
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
    const spaces = todos.map(({ target }) => target.index.space);
    const request = { recording, spaces, signal: this.halt };
    const [tags, answers] = await Promise.all([recording.tags(), embedRecording(this.run.embedder, request)]);
    for (const todo of todos) {
      const answer = answers.get(todo.target.index.space);
      if (!answer) throw new EarshotError('INTERNAL', `no answer for ${todo.target.index.space}`);
      if (!isFailure(answer)) await this.submit(todo, entry, { embedded: answer, recording, tags });
      else {
        const { state, ...why } = answer;
        await this.fail(todo, entry, { ...why, stage: 'embed', retryable: state === 'unavailable' });
      }
      this.countUnavailable(isFailure(answer) && answer.state === 'unavailable');
    }
  }

  private async submit(
    todo: Todo,
    entry: Entry,
    parts: { readonly embedded: EmbeddedRecording; readonly recording: Recording; readonly tags: RecordingTags },
  ): Promise<void> {
    const { space, fingerprint } = todo.target.index;
    if (parts.embedded.fingerprint !== fingerprint)
      throw new EarshotError(
        'FINGERPRINT_MISMATCH',
        `The inference service now answers ${space} with fingerprint ${parts.embedded.fingerprint}; the index has ${fingerprint}`,
      );
    await this.writer.submit(todo, entry, parts);
  }

  private async fail(todo: Todo, entry: Entry, why: Why): Promise<void> {
    await recordFailure(this.run, todo, { entry, ...why });
    this.finish({ entry, todos: [todo] });
  }

  private finish({ entry, todos }: Work): void {
    for (const { target } of todos) target.tally.finishOne(entry.size);
  }

  private countUnavailable(isUnavailable: boolean): void {
    this.unavailableInARow = isUnavailable ? this.unavailableInARow + 1 : 0;
    if (this.unavailableInARow >= BREAKER_LIMIT)
      throw new EarshotError('INFERENCE_UNAVAILABLE', `The inference service failed ${BREAKER_LIMIT} times in a row`);
  }
}
