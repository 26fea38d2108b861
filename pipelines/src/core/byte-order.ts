// SPDX-License-Identifier: Apache-2.0

/** UTF-8 byte order, as S3 lists and Elasticsearch sorts keywords; JavaScript's own order (UTF-16 units) differs. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
