// SPDX-License-Identifier: Apache-2.0
import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { compareBytes } from '../core/byte-order.ts';
import type { Backoff } from '../core/retry-policy.ts';
import type { Entry, ListEvent } from '../ports/object-store.ts';
import { callS3 } from './s3-call.ts';
import { s3ConfigurationError } from './s3-trouble.ts';

interface Options {
  readonly bucket: string;
  readonly prefix: string;
  readonly signal: AbortSignal;
  /** For one try of one page. */
  readonly limitMs: number;
  readonly backoff?: Backoff;
}

const TRIES_PER_PAGE = 5;

/** Keys are asked for URL-encoded, since control characters are no XML; a server that ignores this sends them plain. */
function decodeKey(key: string, isEncoded: boolean): string {
  return isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

function entriesOf(page: ListObjectsV2CommandOutput): Entry[] {
  const isEncoded = page.EncodingType === 'url';
  return (page.Contents ?? []).map((object) => ({
    key: decodeKey(object.Key ?? '', isEncoded),
    size: object.Size ?? 0,
    ...(object.ETag ? { etag: object.ETag.replaceAll('"', '') } : {}),
    ...(object.LastModified ? { modified: object.LastModified.toISOString() } : {}),
    ...(object.StorageClass ? { storageClass: object.StorageClass } : {}),
  }));
}

async function readPage(
  client: S3Client,
  { bucket, prefix, signal, limitMs, backoff }: Options,
  token: string | undefined,
): Promise<ListObjectsV2CommandOutput> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    EncodingType: 'url',
    ...(prefix ? { Prefix: prefix } : {}),
    ...(token ? { ContinuationToken: token } : {}),
  });
  const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal });
  return callS3(send, { tries: TRIES_PER_PAGE, limitMs, signal, ...(backoff ? { backoff } : {}) });
}

/** Why what a page says about itself cannot be believed, or undefined. */
function distrust(page: ListObjectsV2CommandOutput, entries: readonly Entry[], seen: Set<string>): string | undefined {
  if (page.KeyCount !== undefined && page.KeyCount !== entries.length)
    return `a page says ${page.KeyCount} keys and holds ${entries.length}`;
  if (page.IsTruncated === false) return undefined;
  if (page.IsTruncated === undefined) return 'a page does not say whether it is the last';
  const token = page.NextContinuationToken;
  if (!token) return 'a truncated page has no continuation token';
  if (seen.has(token)) return 'a continuation token was repeated';
  seen.add(token);
  return undefined;
}

interface Progress {
  sorted: boolean;
  pages: number;
  count: number;
  last?: string;
}

/** Counts an entry and notices when keys do not rise. */
function note(progress: Progress, { key }: Entry): void {
  if (progress.last !== undefined && compareBytes(progress.last, key) >= 0) progress.sorted = false;
  progress.last = key;
  progress.count++;
}

/** Entries of every page; returns why the listing is not to be trusted, or undefined. */
async function* listPages(
  client: S3Client,
  options: Options,
  progress: Progress,
): AsyncGenerator<Entry, string | undefined> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await readPage(client, options, token);
    const entries = entriesOf(page);
    progress.pages++;
    for (const entry of entries) {
      note(progress, entry);
      yield entry;
    }
    const reason = distrust(page, entries, seen);
    if (reason) return reason;
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
  return undefined;
}

/** All objects below a prefix; complete only if every page came, parsed, and said where the next one is. */
export async function* listS3(client: S3Client, options: Options): AsyncGenerator<ListEvent> {
  const progress: Progress = { sorted: true, pages: 0, count: 0 };
  const pages = listPages(client, options, progress);
  let reason: string | undefined;
  try {
    for (let step = await pages.next(); ; step = await pages.next()) {
      reason = step.done ? step.value : undefined;
      if (step.done) break;
      yield { type: 'entry', entry: step.value };
    }
  } catch (error) {
    // A fault of the settings shows at the first page; later, the same answer breaks the listing off.
    const fatal = progress.pages === 0 ? s3ConfigurationError(error, options.bucket) : undefined;
    if (fatal) throw fatal;
    reason = `page ${progress.pages + 1}: ${(error as Error).message}`;
  }
  if (options.signal.aborted) reason = 'interrupted';
  const { sorted, pages: pageCount, count } = progress;
  const end = { type: 'end' as const, complete: reason === undefined, sorted, pages: pageCount, count };
  yield reason === undefined ? end : { ...end, reason };
}
