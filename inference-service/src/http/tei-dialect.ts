// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode } from '../contract/errors.ts';
import type { ServiceError } from '../core/service-error.ts';
import { describeError } from './describe-error.ts';
import type { Dialect } from './route.ts';

type TeiErrorType = 'empty' | 'validation' | 'backend' | 'overloaded' | 'unhealthy';
export const TEI_ERROR_TYPES: readonly TeiErrorType[] = ['empty', 'validation', 'backend', 'overloaded', 'unhealthy'];

/** Codes for which text-embeddings-inference has an error type of its own; every other one is its `validation`. */
const KINDS: Readonly<Partial<Record<ErrorCode, { readonly type: TeiErrorType; readonly status: number }>>> = {
  empty_body: { type: 'empty', status: 400 },
  empty_input: { type: 'empty', status: 400 },
  internal_error: { type: 'backend', status: 424 },
  rate_limited: { type: 'overloaded', status: 429 },
  queue_full: { type: 'overloaded', status: 429 },
  deadline_exceeded: { type: 'overloaded', status: 408 },
  not_ready: { type: 'unhealthy', status: 503 },
};
/** Statuses that keep their meaning: who asks, what for, in which form. Every other refusal is 422, never 413. */
const KEPT = [401, 403, 404, 405];

function kindOf({ code, status }: ServiceError): { readonly type: TeiErrorType; readonly status: number } {
  return KINDS[code] ?? { type: 'validation', status: KEPT.includes(status) ? status : 422 };
}

/** text-embeddings-inference's error body and statuses, for its clients and Elasticsearch's `hugging_face` service. */
export const teiDialect: Dialect = {
  errorSchema: 'TeiError',
  serialise: (error) => {
    const { type, status } = kindOf(error);
    return { status, body: { error: describeError(error), error_type: type } };
  },
};
