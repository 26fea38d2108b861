// SPDX-License-Identifier: Apache-2.0
import type { BulkOperation } from '../ports/bulk-writer.ts';

const NEWLINE = Buffer.from('\n');

/** The lines of one operation, final newline included. */
export function encodeOperation({ action, id, version, body }: BulkOperation): Buffer {
  const head = Buffer.from(`${JSON.stringify({ [action]: { _id: id, version, version_type: 'external_gte' } })}\n`);
  return body ? Buffer.concat([head, body, NEWLINE]) : head;
}
