// SPDX-License-Identifier: Apache-2.0
import type { IdRange } from './sync-index.ts';

/** How often in a row complete runs have missed an object that the index still has. */
export interface Strike {
  /** Document id. */
  readonly id: string;
  readonly key: string;
  readonly strikes: number;
  /** ISO 8601. */
  readonly firstMissed: string;
}

/** Strikes of one library, source and space. */
export interface Strikes {
  /** In UTF-8 byte order of keys. */
  stored(ids?: IdRange): AsyncIterable<Strike>;
  put(strike: Strike, version: number): Promise<void>;
  /** The object is back, or its document is deleted. */
  clear(id: string, version: number): Promise<void>;
  /** Resolves when all of it is stored. @throws EarshotError when something could not be */
  settle(): Promise<void>;
}
