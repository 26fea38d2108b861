// SPDX-License-Identifier: Apache-2.0
import type { BulkItem } from '../ports/bulk-transport.ts';
import type { BulkOperation, BulkOutcome } from '../ports/bulk-writer.ts';
import { EarshotError } from './earshot-error.ts';

/** What an item's answer means. */
export type Verdict =
  | { readonly kind: 'settle'; readonly outcome: Omit<BulkOutcome, 'opId' | 'attempts'> }
  | { readonly kind: 'retry'; readonly code: string; readonly isOverload: boolean }
  | { readonly kind: 'stop'; readonly error: EarshotError };

export const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
const MISSING = new Set(['index_not_found_exception', 'alias_not_found_exception']);
const LONGEST_MESSAGE = 1000;

/** Elasticsearch quotes vectors and documents in its errors; nothing of them may reach a log or a dead letter. */
export function redactReason(reason: string): string {
  return reason.replace(/\s*Preview of (invalid vector|field's value):.*$/s, '').slice(0, LONGEST_MESSAGE);
}

const messageOf = ({ error }: BulkItem): string =>
  redactReason([error?.reason, error?.caused_by?.reason].filter((text) => text !== undefined).join(': '));

const failed = (item: BulkItem, code: string, message: string): Verdict => ({
  kind: 'settle',
  outcome: { state: 'failed', status: item.status, code, message },
});

/** A 2xx answer that is no success of ours: a pipeline took the document elsewhere or dropped it. */
function detour(item: BulkItem, isOurIndex: boolean): Verdict | undefined {
  if (item.failure_store === 'used') return failed(item, 'failure_store_used', 'stored in the failure store');
  if (!isOurIndex)
    return failed(item, 'pipeline_redirected', messageOf(item) || `an ingest pipeline sent it to ${item._index}`);
  return item.result === 'noop' ? failed(item, 'pipeline_dropped', 'an ingest pipeline dropped it') : undefined;
}

function refusal(item: BulkItem): Verdict {
  const code = item.error?.caused_by?.type ?? item.error?.type ?? `http_${item.status}`;
  const message = messageOf(item);
  if (RETRY_STATUSES.has(item.status) || item.error?.type === 'es_rejected_execution_exception')
    return { kind: 'retry', code, isOverload: item.status === 429 };
  if (item.status === 401 || item.status === 403)
    return {
      kind: 'stop',
      error: new EarshotError('ELASTICSEARCH_DENIED', `Elasticsearch refuses the write: ${message}`),
    };
  if (item.status === 404 && MISSING.has(item.error?.type ?? ''))
    return { kind: 'stop', error: new EarshotError('INDEX_MISSING', message, { remedy: 'Run earshot apply first.' }) };
  return { kind: 'settle', outcome: { state: 'poison', status: item.status, code, message } };
}

/**
 * The item table of `docs/operators/sync.md`.
 * @param concrete indices behind the write alias: an answer from any other index is not a success
 */
export function judgeItem(item: BulkItem, operation: BulkOperation, concrete: ReadonlySet<string>): Verdict {
  const isOurIndex = concrete.has(item._index ?? '');
  const acked: Verdict = { kind: 'settle', outcome: { state: 'acked', status: item.status } };
  if (item.status < 300) return detour(item, isOurIndex) ?? acked;
  if (operation.action === 'delete' && item.status === 404 && !item.error) return acked;
  if (item.status !== 409) return refusal(item);
  const outcome = { status: 409, code: item.error?.type ?? 'conflict' };
  return isOurIndex
    ? { kind: 'settle', outcome: { state: 'superseded', ...outcome } }
    : failed(item, 'pipeline_redirected', messageOf(item));
}
