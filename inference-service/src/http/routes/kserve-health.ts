// SPDX-License-Identifier: Apache-2.0
import type { AppDeps } from '../app-deps.ts';
import { kserveDialect } from '../kserve-dialect.ts';
import { jsonAnswer } from '../openapi/describe-body.ts';
import type { Route } from '../route.ts';
import { readinessProblems } from './health.ts';

/** The probes under the Open Inference Protocol's names; readiness is that of `/health/ready`. */
export function kserveHealthRoutes(deps: AppDeps): Route[] {
  const live: Route = {
    method: 'get',
    path: '/v2/health/live',
    scope: null,
    dialect: kserveDialect,
    operation: { summary: 'The process answers', responses: { 200: jsonAnswer('It does', 'Liveness') } },
    handle: (_request, response) => void response.json({ live: true }),
  };
  const ready: Route = {
    method: 'get',
    path: '/v2/health/ready',
    scope: null,
    dialect: kserveDialect,
    operation: {
      summary: 'As /health/ready: 200 or 503',
      responses: { 200: jsonAnswer('Ready', 'ServerReadiness'), 503: jsonAnswer('Not ready', 'ServerReadiness') },
    },
    // The protocol's text names the field `live` here too; clients go by the status.
    handle: (_request, response) => {
      const isReady = readinessProblems(deps).length === 0;
      response.status(isReady ? 200 : 503).json({ live: true, ready: isReady });
    },
  };
  return [live, ready];
}
