// SPDX-License-Identifier: Apache-2.0

/** Codes of the command line's catalogue that quantising can end with. */
export type QuantiseErrorCode =
  | 'SPACE_UNKNOWN'
  | 'ALREADY_QUANTISED'
  | 'GRAPH_UNSUITABLE'
  | 'CALIBRATION_UNUSABLE'
  | 'DECODER_MISSING';

/** Why no 8-bit variant is made; the message names the thing. */
export class QuantiseError extends Error {
  readonly code: QuantiseErrorCode;

  constructor(code: QuantiseErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'QuantiseError';
    this.code = code;
  }
}
