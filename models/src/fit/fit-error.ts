// SPDX-License-Identifier: Apache-2.0

/** Codes of the command line's catalogue that a fit can end with. */
export type FitErrorCode = 'FIT_TOO_FEW_RECORDINGS' | 'MODEL_EXISTS';

/** Why no space is made. */
export class FitError extends Error {
  readonly code: FitErrorCode;

  constructor(code: FitErrorCode, message: string) {
    super(message);
    this.name = 'FitError';
    this.code = code;
  }
}
