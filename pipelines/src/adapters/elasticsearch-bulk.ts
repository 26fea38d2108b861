// SPDX-License-Identifier: Apache-2.0
import { type Client, errors } from '@elastic/elasticsearch';
import { parseRetryAfter } from '../core/retry-policy.ts';
import type { BulkAnswer, BulkItem, SendBulk } from '../ports/bulk-transport.ts';

interface Options {
  readonly client: Client;
  /** Write alias. */
  readonly alias: string;
  /** Default 60 s. */
  readonly timeoutMs?: number;
}

const FILTER_PATH = ['_id', '_index', 'status', 'result', 'error', 'failure_store']
  .map((field) => `items.*.${field}`)
  .join(',');

interface BulkBody {
  readonly items?: readonly Readonly<Record<string, BulkItem>>[];
  readonly error?: string | { readonly type?: string; readonly reason?: string };
}

function refusalOf(error: errors.ResponseError): BulkAnswer {
  const body = error.body as BulkBody | undefined;
  const detail = typeof body?.error === 'object' ? body.error : {};
  const header = error.headers?.['retry-after'];
  return {
    status: error.statusCode ?? 500,
    ...(detail.type ? { code: detail.type } : {}),
    message: detail.reason ?? error.message,
    retryAfterMs: parseRetryAfter(Array.isArray(header) ? header[0] : header),
  };
}

/** One `_bulk` request to a write alias, without retries of its own: those are counted by the writer. */
export function createSendBulk({ client, alias, timeoutMs = 60_000 }: Options): SendBulk {
  return async (body) => {
    try {
      const answer = await client.transport.request<BulkBody>(
        {
          method: 'POST',
          path: `/${encodeURIComponent(alias)}/_bulk`,
          querystring: { require_alias: true, filter_path: `errors,${FILTER_PATH}` },
          bulkBody: body,
        },
        { maxRetries: 0, requestTimeout: timeoutMs, meta: true },
      );
      const items = (answer.body.items ?? []).map((item) => Object.values(item)[0] as BulkItem);
      return { status: answer.statusCode, items };
    } catch (error) {
      if (error instanceof errors.ResponseError) return refusalOf(error);
      throw error;
    }
  };
}
