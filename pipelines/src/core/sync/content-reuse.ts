// SPDX-License-Identifier: Apache-2.0
import type { IndexedContent, SyncIndex } from '../../ports/sync-index.ts';
import { createBatchLoader } from './batch-loader.ts';
import { type RecordingContent, readIndexedContent } from './indexed-content.ts';

/** Hashes in one query, documents with vectors in one answer. */
const HASHES_AT_ONCE = 64;
const DOCUMENTS_AT_ONCE = 4;
/** Written in this run and perhaps not yet seen by searches: about 5 MB. */
const MOST_WRITTEN = 20_000;

interface UnderWay {
  /** The document as it goes to the bulk writer, or nothing when it came to nothing. */
  readonly body: PromiseWithResolvers<Buffer | undefined>;
  isMade: boolean;
}

/**
 * Finds what was made before of the same bytes in one space: in this run, under way or written, or by an earlier one,
 * under any key of any source of the library. Vectors then need not be computed again.
 */
export class ContentReuse {
  private readonly index: SyncIndex;
  private readonly onTrouble: (error: unknown) => void;
  private readonly underWay = new Map<string, UnderWay>();
  /** Document ids by sha256, oldest first. */
  private readonly written = new Map<string, string>();
  private readonly findId: (sha256: string) => Promise<string | undefined>;
  private readonly getDocument: ReturnType<typeof createBatchLoader<IndexedContent>>;

  constructor(index: SyncIndex, onTrouble: (error: unknown) => void) {
    this.index = index;
    this.onTrouble = onTrouble;
    this.findId = createBatchLoader((hashes) => index.content.findIds(hashes), HASHES_AT_ONCE);
    this.getDocument = createBatchLoader((ids) => index.content.get(ids), DOCUMENTS_AT_ONCE);
  }

  /**
   * The content of these bytes, or undefined: then the caller makes it, and must end with `made` or `abandon`. Whoever
   * asks meanwhile waits for that. Trouble with the look-up means undefined, never a failure.
   */
  async find(sha256: string): Promise<RecordingContent | undefined> {
    const other = this.underWay.get(sha256);
    if (other) {
      const body = await other.body.promise;
      return body && readIndexedContent(JSON.parse(body.toString()) as IndexedContent, this.index.shape);
    }
    this.underWay.set(sha256, { body: Promise.withResolvers(), isMade: false });
    try {
      const id = this.written.get(sha256) ?? (await this.findId(sha256));
      const document = id === undefined ? undefined : await this.getDocument(id);
      return document && readIndexedContent(document, this.index.shape);
    } catch (error) {
      this.onTrouble(error);
      return undefined;
    }
  }

  /** The document is on its way to the index. */
  made(sha256: string, body: Buffer): void {
    const one = this.underWay.get(sha256);
    if (!one) return;
    one.isMade = true;
    one.body.resolve(body);
  }

  /** Nothing is being made of these bytes any more, unless it was made. */
  abandon(sha256: string): void {
    const one = this.underWay.get(sha256);
    if (!one || one.isMade) return;
    this.underWay.delete(sha256);
    one.body.resolve(undefined);
  }

  /** The index has answered; `id` when it took the document. */
  settled(sha256: string, id: string | undefined): void {
    this.underWay.delete(sha256);
    if (id === undefined) return;
    this.written.delete(sha256);
    this.written.set(sha256, id);
    if (this.written.size <= MOST_WRITTEN) return;
    const [oldest = ''] = this.written.keys();
    this.written.delete(oldest);
  }
}
