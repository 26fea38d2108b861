// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { Priority } from './priority-lane.ts';

export interface OpenOptions {
  /** One byte more is audio_too_large. */
  readonly maxBytes: number;
  readonly priority: Priority;
  /** Aborted when the client left or the deadline passed, with the error to give. */
  readonly signal: AbortSignal;
}

/** Where recordings named by address (`https://…`, `s3://…`, `file:…`) come from. Off unless an operator lists places. */
export interface AddressSource {
  /**
   * Refuses by the list alone, before anything is fetched.
   * @throws ServiceError url_not_allowed
   */
  assertListed(address: string): void;
  /**
   * The bytes of the recording. The stream must be read to its end or destroyed: until then it holds one of the places
   * for fetches. It fails with the same errors.
   * @throws ServiceError url_not_allowed, fetch_failed, audio_too_large, deadline_exceeded, queue_full
   */
  open(address: string, options: OpenOptions): Promise<Readable>;
}
