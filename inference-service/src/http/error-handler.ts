// SPDX-License-Identifier: Apache-2.0
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { asServiceError } from './as-service-error.ts';
import { ClientGone, contextOf } from './request-context.ts';

/** The one place where failures become answers. Stack traces go to the log only. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  return (cause, _request, response, _next) => {
    const context = contextOf(response);
    if (cause instanceof ClientGone || response.headersSent) {
      context.errorCode = 'client_gone';
      response.destroy();
      return;
    }
    const error = asServiceError(cause);
    context.errorCode = error.code;
    if (error.code === 'internal_error') {
      const { id, trace } = context;
      log.error({ http: { request: { id } }, trace: { id: trace.traceId }, err: error.cause ?? error }, error.message);
    }
    if (error.retryAfterSeconds !== undefined) response.setHeader('Retry-After', String(error.retryAfterSeconds));
    if (error.code === 'invalid_api_key') response.setHeader('WWW-Authenticate', 'Bearer');
    const { status, body } = context.dialect.serialise(error);
    response.status(status).json(body);
  };
}
