// SPDX-License-Identifier: Apache-2.0

/** A list that does not live in memory: written once, read as often as needed, in the same order. */
export interface Spool<T> {
  readonly count: number;
  add(value: T): Promise<void>;
  read(): AsyncIterable<T>;
  dispose(): Promise<void>;
}

/** Values must survive JSON. */
export type MakeSpool = <T>() => Spool<T>;
