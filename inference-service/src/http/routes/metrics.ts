// SPDX-License-Identifier: Apache-2.0
import type { AppDeps } from '../app-deps.ts';
import { nativeDialect } from '../openai-dialect.ts';
import type { Route } from '../route.ts';

/** `GET /metrics`: for Prometheus; a key needs the scope `metrics`. */
export function metricsRoute({ metrics }: Pick<AppDeps, 'metrics'>): Route {
  return {
    method: 'get',
    path: '/metrics',
    scope: 'metrics',
    dialect: nativeDialect,
    operation: {
      summary: "Counters and histograms in Prometheus' text format",
      responses: { 200: { description: 'The metrics', content: { 'text/plain': { schema: { type: 'string' } } } } },
    },
    handle: async (_request, response) => {
      const text = await metrics.render();
      response.set('Content-Type', metrics.contentType).send(text);
    },
  };
}
