// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode } from '../contract/index.ts';

/** A recording that cannot be turned into samples, with the code of the error catalogue. */
export class DecodeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DecodeError';
    this.code = code;
  }
}
