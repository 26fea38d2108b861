// SPDX-License-Identifier: Apache-2.0
import type { FakeObject } from './s3-fake.ts';

interface PageOptions {
  readonly query: URLSearchParams;
  readonly page: number;
  readonly pageSize: number;
  /** Kind of the fault that this page suffers. */
  readonly fault: string | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must become references
  text.replace(/[&<>"\u0000-\u001f]/g, (char) => ENTITIES[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);

/** As AWS does: `+` for a space, `/` as it is. */
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');

function contentsOf([key, object]: readonly [string, FakeObject], isEncoded: boolean): string {
  const size = typeof object.content === 'number' ? object.content : object.content.length;
  return [
    `<Contents><Key>${escapeXml(isEncoded ? encodeKey(key) : key)}</Key>`,
    `<LastModified>${object.modified.toISOString()}</LastModified><ETag>&quot;${object.etag}&quot;</ETag>`,
    `<Size>${size}</Size><StorageClass>${object.storageClass ?? 'STANDARD'}</StorageClass></Contents>`,
  ].join('');
}

/** One page of List Objects v2; a token is `<page>:<hex of the last key before it>`. */
export function listPage(objects: ReadonlyMap<string, FakeObject>, options: PageOptions): string {
  const { query, page, fault } = options;
  const isEncoded = query.get('encoding-type') === 'url';
  const token = query.get('continuation-token');
  const after = Buffer.from(token?.split(':')[1] ?? '', 'hex');
  const prefix = query.get('prefix') ?? '';
  const left = [...objects]
    .filter(([key]) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), after) > 0)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const size = Math.min(Number(query.get('max-keys') ?? options.pageSize), options.pageSize);
  const shown = left.slice(0, size);
  const isTruncated = left.length > size;
  const last = shown.at(-1)?.[0] ?? '';
  const next = fault === 'repeated-token' ? (token ?? '1:') : `${page + 1}:${Buffer.from(last).toString('hex')}`;
  const count = shown.length + (fault === 'wrong-count' ? 1 : 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    fault === 'not-truncated-unsaid' ? '' : `<IsTruncated>${isTruncated}</IsTruncated>`,
    isTruncated && fault !== 'no-token' ? `<NextContinuationToken>${next}</NextContinuationToken>` : '',
    `<KeyCount>${count}</KeyCount><MaxKeys>${size}</MaxKeys>`,
    isEncoded ? '<EncodingType>url</EncodingType>' : '',
    ...shown.map((entry) => contentsOf(entry, isEncoded)),
    '</ListBucketResult>',
  ].join('');
}
