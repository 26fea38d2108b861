// SPDX-License-Identifier: Apache-2.0

/** Exit codes of every command (`docs/operators/exit-codes.md`). */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  itemsFailed: 3,
  refused: 4,
  unavailable: 5,
  locked: 6,
  nothingToDo: 9,
  /** `--detailed-exit-code` of plan, apply and drift. */
  changes: 10,
  interrupted: 130,
} as const;
