// SPDX-License-Identifier: Apache-2.0
import type { AppDeps } from '../app-deps.ts';
import { nativeDialect } from '../openai-dialect.ts';
import { jsonAnswer } from '../openapi/describe-body.ts';
import { RETRY_AFTER } from '../openapi/headers.ts';
import type { Route } from '../route.ts';

function live(path: string): Route {
  return {
    method: 'get',
    path,
    scope: null,
    dialect: nativeDialect,
    operation: { summary: 'The process answers', responses: { 200: jsonAnswer('It does', 'Liveness') } },
    handle: (_request, response) => void response.json({ live: true }),
  };
}

/** Why requests should go elsewhere; empty when the service is ready. */
export function readinessProblems(deps: AppDeps): string[] {
  const { isReady, problems } = deps.engine.status();
  const reasons = [...(deps.isDraining() ? ['the service is shutting down'] : []), ...problems];
  return isReady || reasons.length > 0 ? reasons : ['the inference host is starting'];
}

/** Probes: live while the process answers; ready once every space has matched its golden vectors. */
export function healthRoutes(deps: AppDeps): Route[] {
  const ready: Route = {
    method: 'get',
    path: '/health/ready',
    scope: null,
    dialect: nativeDialect,
    operation: {
      summary: 'Decoder found, host alive, golden vectors matched, not draining',
      responses: {
        200: jsonAnswer('Ready', 'Readiness'),
        503: jsonAnswer('Not ready, and why', 'Readiness', RETRY_AFTER),
      },
    },
    handle: (_request, response) => {
      const problems = readinessProblems(deps);
      const isServing = problems.length === 0;
      if (!isServing) response.setHeader('Retry-After', '1');
      response.status(isServing ? 200 : 503).json({ ready: isServing, problems });
    },
  };
  return [live('/health'), live('/health/live'), ready];
}
