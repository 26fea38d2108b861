// SPDX-License-Identifier: Apache-2.0
import { describeError } from './describe-error.ts';
import type { Dialect } from './route.ts';

/** The Open Inference Protocol's error body, `{"error":"…"}`, with the status of the catalogue. */
export const kserveDialect: Dialect = {
  errorSchema: 'KserveError',
  serialise: (error) => ({ status: error.status, body: { error: describeError(error) } }),
};
