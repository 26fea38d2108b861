// SPDX-License-Identifier: Apache-2.0

/** Codes of the command line's catalogue that an import can end with. */
export type ImportErrorCode =
  | 'CHECKPOINT_UNREADABLE'
  | 'CHECKPOINT_INVALID'
  | 'CHECKPOINT_UNSAFE'
  | 'CHECKPOINT_MISMATCH'
  | 'CHECKPOINT_UNVERIFIED'
  | 'MODEL_EXISTS'
  | 'CARD_DRAFT_INVALID'
  | 'GRAPH_MISMATCH'
  | 'GRAPH_UNSUPPORTED';

/** Why a file does not become a space; the message names file, offset or tensor. */
export class ImportError extends Error {
  readonly code: ImportErrorCode;

  constructor(code: ImportErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ImportError';
    this.code = code;
  }
}

/** Text out of a file, fit for a message: quoted, control characters escaped, cut. */
export const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
