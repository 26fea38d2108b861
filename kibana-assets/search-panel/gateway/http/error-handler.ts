// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '@earshot/pipelines/adapters';
import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import type { ErrorAnswer } from '../../contract/answers.ts';
import { PanelError } from '../core/panel-error.ts';

/** HTTP status of the command line's codes; every other one is a 500. */
const STATUS: Readonly<Record<string, number>> = {
  QUERY_INVALID: 400,
  SPACE_UNKNOWN: 400,
  DOCUMENT_NOT_FOUND: 404,
  INDEX_MISSING: 404,
  CAPABILITY_MISSING: 409,
  FINGERPRINT_MISMATCH: 409,
  QUERY_AUDIO_UNUSABLE: 422,
  ELASTICSEARCH_DENIED: 502,
  ELASTICSEARCH_REFUSED: 502,
  INFERENCE_DENIED: 502,
  ELASTICSEARCH_UNAVAILABLE: 503,
  INFERENCE_UNAVAILABLE: 503,
  SOURCE_UNAVAILABLE: 503,
};

interface Failure extends Readonly<ErrorAnswer['error']> {
  readonly status: number;
}

/** express and body-parser mark the client's faults with a status below 500. */
function clientFault(error: unknown): PanelError | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  if (error.status === 413) return new PanelError('PANEL_UPLOAD_TOO_LARGE', error.message);
  return Number(error.status) < 500 ? new PanelError('PANEL_REQUEST_INVALID', error.message) : undefined;
}

function failureOf(error: unknown): Failure {
  if (error instanceof EarshotError)
    return {
      status: STATUS[error.code] ?? 500,
      code: error.code,
      message: error.message,
      remedy: error.remedy,
    };
  if (error instanceof PanelError) return error;
  return clientFault(error) ?? new PanelError('PANEL_INTERNAL', 'The panel could not answer', { cause: error });
}

/** One body for every failure; causes go to the log, never to the browser. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const { status, code, message, remedy } = failureOf(error);
    if (status >= 500) log.error({ err: error, method: request.method, path: request.path, code }, message);
    if (response.headersSent) return next(error);
    const body: ErrorAnswer = { error: { code, message, remedy } };
    response.status(status).json(body);
  };
}
