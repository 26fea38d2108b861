// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from 'express';
import type { AppDeps } from './app-deps.ts';
import { nativeDialect } from './openai-dialect.ts';
import { startContext } from './request-context.ts';

const CLIENT_GONE_STATUS = 499;
const MOST_PATH_CHARACTERS = 1024;
const NS_PER_MS = 1e6;

/** One line and one count a request; paths only, because queries may carry what is private. */
export function logRequests({ log, observer }: Pick<AppDeps, 'log' | 'observer'>): RequestHandler {
  return (request, response, next) => {
    const context = startContext(request, response, nativeDialect);
    const path = request.path.slice(0, MOST_PATH_CHARACTERS);
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_GONE_STATUS;
      const { id, startedAt, route, isWork, errorCode, keyName } = context;
      observer.onRequest({ route, status, errorCode, startedAt, isWork });
      const duration = Math.round((performance.now() - startedAt) * NS_PER_MS);
      const outcome = status < 400 ? 'success' : 'failure';
      const fields = {
        event: { kind: 'event', category: ['web'], type: ['access'], outcome, duration },
        http: { request: { id, method: request.method }, response: { status_code: status } },
        url: { path },
        ...(errorCode === undefined ? {} : { error: { code: errorCode } }),
        ...(keyName === undefined ? {} : { user: { name: keyName } }),
      };
      // Probes and scrapes come every few seconds.
      log[/^\/(v2\/)?(health|metrics)/.test(path) ? 'debug' : 'info'](fields, 'request');
    });
    next();
  };
}
