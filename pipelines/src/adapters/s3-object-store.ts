// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { S3Settings } from '../config/source-settings.ts';
import type { Backoff } from '../core/retry-policy.ts';
import {
  type Entry,
  type FetchedObject,
  type GetOptions,
  type ObjectStore,
  ObjectStoreError,
} from '../ports/object-store.ts';
import { callS3 } from './s3-call.ts';
import { createS3Client, S3_TIMEOUT_MS } from './s3-client.ts';
import { listS3 } from './s3-listing.ts';
import { s3ConfigurationError, s3ObjectTrouble } from './s3-trouble.ts';
import { withStallGuard } from './stall-guard.ts';

interface Options {
  readonly id: string;
  readonly bucket: string;
  /** Every key begins with it; may be empty. */
  readonly prefix: string;
  readonly connection: S3Settings;
  /** A body that gives next to nothing for so long is broken off; default half the patience with an answer. */
  readonly bodyIdleMs?: number;
  /** Between the tries of a listing's page and of asking for one object. */
  readonly backoff?: Backoff;
}

const HEAD_TRIES = 4;

const unquoted = (etag: string): string => etag.replaceAll('"', '');

function getCommand(bucket: string, entry: Entry, range: GetOptions['range']): GetObjectCommand {
  return new GetObjectCommand({
    Bucket: bucket,
    Key: entry.key,
    ...(entry.etag ? { IfMatch: `"${entry.etag}"` } : {}),
    ...(range ? { Range: `bytes=${range.start}-${range.end}` } : {}),
    ...(entry.versionId ? { VersionId: entry.versionId } : {}),
  });
}

/** An S3-compatible bucket, or the part of it below a prefix. Keys are whole keys, prefix included. */
export function createS3ObjectStore(options: Options): ObjectStore {
  const { id, bucket, prefix, connection } = options;
  const client = createS3Client(connection);
  const limitMs = connection.timeoutMs ?? S3_TIMEOUT_MS;
  const backoff = options.backoff ? { backoff: options.backoff } : {};

  async function get(entry: Entry, { signal, range }: GetOptions): Promise<FetchedObject> {
    const command = getCommand(bucket, entry, range);
    try {
      const answer = await client.send(command, { abortSignal: signal });
      if (!answer.Body) throw new ObjectStoreError('unavailable', `${entry.key}: an answer without a body`);
      const body = withStallGuard(answer.Body as Readable, options.bodyIdleMs ?? limitMs / 2);
      // Not every server knows If-Match.
      if (entry.etag && answer.ETag && unquoted(answer.ETag) !== entry.etag) {
        body.destroy();
        throw new ObjectStoreError('changed', `${entry.key} changed since it was listed`);
      }
      return { body, ...(answer.ContentLength === undefined ? {} : { length: answer.ContentLength }) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ObjectStoreError) throw error;
      throw s3ConfigurationError(error, bucket) ?? s3ObjectTrouble(error, entry.key);
    }
  }

  async function head(key: string): Promise<Entry | null> {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
      const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal });
      const answer = await callS3(send, { tries: HEAD_TRIES, limitMs, ...backoff });
      return {
        key,
        size: answer.ContentLength ?? 0,
        ...(answer.ETag ? { etag: unquoted(answer.ETag) } : {}),
        ...(answer.LastModified ? { modified: answer.LastModified.toISOString() } : {}),
        ...(answer.StorageClass ? { storageClass: answer.StorageClass } : {}),
      };
    } catch (error) {
      const trouble = s3ConfigurationError(error, bucket) ?? s3ObjectTrouble(error, key);
      if (trouble instanceof ObjectStoreError && trouble.trouble === 'vanished') return null;
      throw trouble;
    }
  }

  return {
    id,
    root: `s3://${connection.endpoint ? `${new URL(connection.endpoint).host}/` : ''}${bucket}/${prefix}`,
    bucket,
    prefix,
    uriOf: (key) => `s3://${bucket}/${key}`,
    list: ({ signal }) => listS3(client, { bucket, prefix, signal, limitMs, ...backoff }),
    get,
    head,
  };
}
