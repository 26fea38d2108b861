// SPDX-License-Identifier: Apache-2.0

/** A step of the demo that could not be done, with what the user can do about it. */
export class StepFailed extends Error {
  readonly remedy: string;
  readonly exitCode: number;

  constructor(message: string, remedy: string, exitCode = 5) {
    super(message);
    this.name = 'StepFailed';
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}
