// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS, type ErrorCode } from '../contract/errors.ts';
import { ServiceError } from '../core/service-error.ts';

/** Types that Express' body parser gives its failures. */
const BODY_PARSER_CODES: Readonly<Record<string, ErrorCode>> = {
  'entity.parse.failed': 'invalid_json',
  'entity.too.large': 'audio_too_large',
  'encoding.unsupported': 'unsupported_encoding',
  'charset.unsupported': 'invalid_request',
  'request.size.invalid': 'invalid_request',
  'entity.verify.failed': 'invalid_request',
};

const BODY_PARSER_MESSAGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  invalid_json: 'The body is not valid JSON',
  audio_too_large: 'The body is too large',
  unsupported_encoding: 'The body is compressed in a way that is not read here',
};

const isCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_KINDS, code);

/** Any failure as one of the catalogue. What is not known is internal, and its text stays in the log. */
export function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const { code, type, status, message } = (error ?? {}) as Record<string, unknown>;
  if (isCode(code)) return new ServiceError(code, String(message), { cause: error });
  const parserCode = typeof type === 'string' ? BODY_PARSER_CODES[type] : undefined;
  if (parserCode) {
    const text = BODY_PARSER_MESSAGES[parserCode] ?? 'The body cannot be read';
    return new ServiceError(parserCode, text, { cause: error });
  }
  if (status === 400 || error instanceof URIError)
    return new ServiceError('invalid_request', 'The request cannot be read', { cause: error });
  return new ServiceError('internal_error', 'Something went wrong in the service', { cause: error });
}
