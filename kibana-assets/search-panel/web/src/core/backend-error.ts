// SPDX-License-Identifier: Apache-2.0

/** A failure as the gateway tells it, or `PANEL_UNREACHABLE` when it does not answer at all. */
export class BackendError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string) {
    super(message);
    this.name = 'BackendError';
    this.code = code;
    this.remedy = remedy;
  }
}
