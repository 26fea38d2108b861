// SPDX-License-Identifier: Apache-2.0
import type { JsonSchema } from '../route.ts';

const header = (description: string, schema: JsonSchema): JsonSchema => ({ description, schema });
const ms = { type: 'integer', minimum: 0 };

/** Request headers of routes that embed. */
export const WORK_HEADERS: readonly JsonSchema[] = [
  {
    name: 'X-Earshot-Priority',
    in: 'header',
    description: 'bulk work waits behind interactive work',
    schema: { type: 'string', enum: ['interactive', 'bulk'], default: 'interactive' },
  },
  {
    name: 'X-Request-Timeout-Ms',
    in: 'header',
    description: 'Give up after this long; EARSHOT_REQUEST_TIMEOUT_MS is the most',
    schema: { type: 'integer', minimum: 1, maximum: 999_999_999 },
  },
];

/** Request headers of every route. */
export const COMMON_HEADERS: readonly JsonSchema[] = [
  {
    name: 'X-Request-Id',
    in: 'header',
    description: 'Comes back and stands in the log, if it is 1 to 128 letters, digits, _, ., : or -',
    schema: { type: 'string' },
  },
  {
    name: 'traceparent',
    in: 'header',
    description: 'W3C trace context; ignored if it is none',
    schema: { type: 'string' },
  },
];

/** Answer headers of every route. */
export const COMMON_ANSWER_HEADERS: JsonSchema = {
  'X-Request-Id': header('That of the request, or a new one', { type: 'string' }),
  traceresponse: header('W3C trace context of this request', { type: 'string' }),
};

/** Answer headers of routes that embed, whole milliseconds; the slowest of each stage. */
export const TIMING_HEADERS: JsonSchema = {
  'x-total-time': header('Since the request began', ms),
  'x-queue-time': header('Waiting for the device', ms),
  'x-decode-time': header('Decoding', ms),
  'x-inference-time': header('On the device', ms),
  'x-earshot-cache': header('hit when nothing had to be computed', { type: 'string', enum: ['hit', 'miss'] }),
};

/** Answer header of what is passing. */
export const RETRY_AFTER: JsonSchema = { 'Retry-After': header('Seconds to wait, as far as they are known', ms) };

/** Answer headers that come with certain statuses. */
export const STATUS_HEADERS: Readonly<Record<number, JsonSchema>> = {
  401: { 'WWW-Authenticate': header('Bearer', { type: 'string' }) },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};
