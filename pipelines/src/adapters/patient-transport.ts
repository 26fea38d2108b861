// SPDX-License-Identifier: Apache-2.0
import { errors, Transport } from '@elastic/elasticsearch';
import { backoffMs, parseRetryAfter, pause } from '../core/retry-policy.ts';

type Request = Parameters<Transport['request']>;

const OVERLOAD = new Set([429, 502, 503, 504]);
const BACKOFF = { baseMs: 500, capMs: 10_000 };

/** The cluster says that it cannot just now. */
export const isOverload = (error: unknown): error is errors.ResponseError =>
  error instanceof errors.ResponseError && OVERLOAD.has(error.statusCode ?? 0);

function retryAfterOf({ headers }: errors.ResponseError): number | undefined {
  const value = headers?.['retry-after'];
  return parseRetryAfter(Array.isArray(value) ? value[0] : value);
}

/**
 * The client's transport, which asks an overloaded cluster again for so long, with full jitter; by itself it gives up on
 * a 429 at once. Requests that forbid retries (`maxRetries: 0`) are sent once.
 */
export const createPatientTransport = (patienceMs: number): typeof Transport =>
  class extends Transport {
    override async request<T>(...[params, options]: Request): Promise<T> {
      const deadline = Date.now() + patienceMs;
      for (let attempt = 1; ; attempt++) {
        try {
          return (await super.request<T>(params, options)) as T;
        } catch (error) {
          if (options?.maxRetries === 0 || !isOverload(error)) throw error;
          const wait = backoffMs(attempt, BACKOFF, retryAfterOf(error));
          if (Date.now() + wait > deadline) throw error;
          await pause(wait, options?.signal);
        }
      }
    }
  };
