// SPDX-License-Identifier: Apache-2.0

/** Something that a fresh machine lacks and that we could not bring; the remedy says what the user can do. */
export class PreparationError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PreparationError';
    this.remedy = remedy;
  }
}
