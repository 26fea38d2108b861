// SPDX-License-Identifier: Apache-2.0

/** Why an address was not fetched. The reason is for the log: clients get one text whatever it is. */
export class FetchRefusal extends Error {
  override readonly name = 'FetchRefusal';
  readonly code: 'url_not_allowed' | 'fetch_failed' | 'audio_too_large';

  constructor(code: FetchRefusal['code'], reason: string, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
