// SPDX-License-Identifier: Apache-2.0
import { isBelow, isPlainPath } from './plain-path.ts';

/** One `s3://bucket[/prefix]` of the allow-list. */
export interface ObjectEntry {
  readonly bucket: string;
  /** Without a slash at its end; empty for the whole bucket. */
  readonly prefix: string;
}

export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

const BUCKET = /^[\w.-]{3,255}$/;

/** Keys stand in `s3://` addresses as they are, nothing encoded: that is how the documents' `audio.uri` has them. */
function split(address: string): ObjectAddress | undefined {
  const match = /^s3:\/\/([^/]*)(?:\/(.*))?$/is.exec(address);
  return match ? { bucket: match[1] ?? '', key: match[2] ?? '' } : undefined;
}

/** @throws Error with what is wrong */
export function parseObjectEntry(text: string): ObjectEntry {
  const { bucket = '', key = '' } = split(text) ?? {};
  if (!BUCKET.test(bucket)) throw new Error('must be s3://bucket[/prefix]');
  if (!isPlainPath(key)) throw new Error('the prefix must not contain . or ..');
  return { bucket, prefix: key.replace(/\/+$/, '') };
}

/** Bucket and key of an address that an entry covers, else undefined. */
export function findObject(entries: readonly ObjectEntry[], address: string): ObjectAddress | undefined {
  const object = split(address);
  if (!object || object.key === '' || !isPlainPath(object.key)) return undefined;
  const isCovered = entries.some(({ bucket, prefix }) => bucket === object.bucket && isBelow(object.key, prefix));
  return isCovered ? object : undefined;
}
