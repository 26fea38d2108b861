// SPDX-License-Identifier: Apache-2.0
export type * from './embeddings.ts';
export { ERROR_KINDS, type ErrorCode, type ErrorKind } from './errors.ts';
