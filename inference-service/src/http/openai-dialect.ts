// SPDX-License-Identifier: Apache-2.0
import type { ErrorBody } from '../contract/embeddings.ts';
import { ERROR_KINDS } from '../contract/errors.ts';
import type { ServiceError } from '../core/service-error.ts';
import { describeError } from './describe-error.ts';
import type { Dialect } from './route.ts';

function bodyOf(error: ServiceError): ErrorBody {
  const { type } = ERROR_KINDS[error.code];
  return { error: { message: describeError(error), type, param: error.param, code: error.code } };
}

/** OpenAI's error body with the status of the catalogue. */
export const nativeDialect: Dialect = {
  errorSchema: 'Error',
  serialise: (error) => ({ status: error.status, body: bodyOf(error) }),
};

/**
 * The same, but never 413: Elasticsearch's `openai` service answers a 413 by halving the input and sending it again,
 * which turns a data: URI into a corrupt one.
 */
export const openAiDialect: Dialect = {
  errorSchema: 'Error',
  serialise: (error) => ({ status: error.status === 413 ? 400 : error.status, body: bodyOf(error) }),
};
