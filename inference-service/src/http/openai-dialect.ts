// SPDX-License-Identifier: Apache-2.0
import type { ErrorBody } from '../contract/embeddings.ts';
import { ERROR_KINDS } from '../contract/errors.ts';
import type { ServiceError } from '../core/service-error.ts';
import type { Dialect } from './route.ts';

function bodyOf(error: ServiceError): ErrorBody {
  const { type, remedy } = ERROR_KINDS[error.code];
  const message = `${error.message.replace(/\.$/, '')}. ${remedy}`;
  return { error: { message, type, param: error.param, code: error.code } };
}

/** OpenAI's error body with the status of the catalogue. */
export const nativeDialect: Dialect = {
  serialise: (error) => ({ status: error.status, body: bodyOf(error) }),
};

/**
 * The same, but never 413: Elasticsearch's `openai` service answers a 413 by halving the input and sending it again,
 * which turns a data: URI into a corrupt one.
 */
export const openAiDialect: Dialect = {
  serialise: (error) => ({ status: error.status === 413 ? 400 : error.status, body: bodyOf(error) }),
};
