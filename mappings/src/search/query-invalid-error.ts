// SPDX-License-Identifier: Apache-2.0

/** A search that cannot be built as asked: an unknown field, a value that does not fit. */
export class QueryInvalidError extends Error {
  readonly code = 'QUERY_INVALID';
}
