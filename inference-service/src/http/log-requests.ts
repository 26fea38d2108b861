// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from 'express';
import type { AppDeps } from './app-deps.ts';
import { nativeDialect } from './openai-dialect.ts';
import { type RequestContext, startContext } from './request-context.ts';

const CLIENT_GONE_STATUS = 499;
const MOST_PATH_CHARACTERS = 1024;
const NS_PER_MS = 1e6;

/** Probes and scrapes, which come every few seconds. */
const PROBE = /^\/(v2\/)?(health|metrics)/;

type Deps = Pick<AppDeps, 'log' | 'observer' | 'tracing' | 'scope'>;

interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Fields of the Elastic Common Schema for a request that is over. */
function requestFields(context: RequestContext, { method, path, status }: Answered): object {
  const { id, startedAt, trace, errorCode, key } = context;
  const duration = Math.round((performance.now() - startedAt) * NS_PER_MS);
  // Lines already sent carry status 200 whatever happened after them.
  const outcome = status < 400 && errorCode === undefined ? 'success' : 'failure';
  return {
    event: { kind: 'event', category: ['web'], type: ['access'], outcome, duration },
    http: { request: { id, method }, response: { status_code: status } },
    url: { path },
    trace: { id: trace.traceId },
    span: { id: trace.spanId },
    ...(errorCode === undefined ? {} : { error: { code: errorCode } }),
    ...(key ? { user: { name: key.name } } : {}),
  };
}

/** One line, one count and one span a request; paths only, because queries may carry what is private. */
export function logRequests({ log, observer, tracing, scope }: Deps): RequestHandler {
  return (request, response, next) => {
    const path = request.path.slice(0, MOST_PATH_CHARACTERS);
    const isProbe = PROBE.test(path);
    const trace = tracing.start(request.headers, !isProbe);
    const context = startContext(request, response, { dialect: nativeDialect, trace });
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_GONE_STATUS;
      const { startedAt, route, isWork, errorCode } = context;
      observer.onRequest({ route, status, errorCode, startedAt, isWork });
      trace.end({ method: request.method, route, status, errorCode });
      const fields = requestFields(context, { method: request.method, path, status });
      log[isProbe ? 'debug' : 'info'](fields, 'request');
    });
    scope.run(context, next);
  };
}
