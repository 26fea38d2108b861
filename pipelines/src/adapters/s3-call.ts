// SPDX-License-Identifier: Apache-2.0
import { S3ServiceException } from '@aws-sdk/client-s3';
import { type Backoff, backoffMs, parseRetryAfter, pause } from '../core/retry-policy.ts';

interface Patience {
  readonly tries: number;
  /** For one try, from the first byte sent to the last one read. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly backoff?: Backoff;
}

/** Answers that another try may change, although the store did answer. */
const TEMPORARY_STATUSES = new Set([408, 429]);
const TEMPORARY_NAMES = new Set(['SlowDown', 'RequestTimeout', 'RequestTimeTooSkewed', 'ThrottlingException']);

function isTemporary(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return (error as Error).name !== 'CredentialsProviderError';
  const status = error.$metadata.httpStatusCode ?? 500;
  return status >= 500 || TEMPORARY_STATUSES.has(status) || TEMPORARY_NAMES.has(error.name);
}

const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? parseRetryAfter(error.$response?.headers['retry-after']) : undefined;

/**
 * One call with every try counted here (the SDK's own would multiply) and ended after its time, whatever the server does:
 * the SDK's timeouts do not cover an answer that stalls behind its headers.
 */
export async function callS3<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { tries, limitMs, signal, backoff = { baseMs: 300, capMs: 10_000 } }: Patience,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const limit = AbortSignal.timeout(limitMs);
    try {
      return await call(signal ? AbortSignal.any([signal, limit]) : limit);
    } catch (cause) {
      signal?.throwIfAborted();
      const error = limit.aborted ? new Error(`no answer within ${limitMs / 1000} s`, { cause }) : cause;
      if (attempt >= tries || !isTemporary(error)) throw error;
      await pause(backoffMs(attempt, backoff, retryAfterOf(error)), signal);
    }
  }
}
