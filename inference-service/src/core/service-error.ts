// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS, type ErrorCode } from '../contract/errors.ts';

interface ServiceErrorOptions {
  /** The parameter or field at fault, e.g. `model` or `input[3]`. */
  readonly param?: string | undefined;
  /** Seconds, for 429 and 503. */
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** A failure the caller is told about: a code of the catalogue and a message that names the thing. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: ServiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ServiceError';
    this.code = code;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return ERROR_KINDS[this.code].status;
  }
}
