// SPDX-License-Identifier: Apache-2.0
import { type ErrorCode, errorKind } from './error-kinds.ts';

interface Details {
  /** What the operator can do; overrides the catalogue's general remedy. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** A failure that an operator can act on: a code, a message naming the thing, a remedy and an exit code. */
export class EarshotError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: number;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'EarshotError';
    this.code = code;
    this.exitCode = errorKind(code).exitCode;
    this.remedy = details.remedy ?? errorKind(code).remedy;
  }
}
