// SPDX-License-Identifier: Apache-2.0
import type { AppDeps } from '../app-deps.ts';
import { openAiDialect } from '../openai-dialect.ts';
import type { Route } from '../route.ts';

/** `GET /v1/models`: OpenAI's list of models, one a space. */
export function modelsRoute(deps: AppDeps): Route {
  return {
    method: 'get',
    path: '/v1/models',
    scope: 'embed',
    dialect: openAiDialect,
    operation: { summary: 'The embedding spaces served here, as OpenAI lists models' },
    handle: (_request, response) => {
      const data = [...deps.spaces.keys()].map((id) => ({ id, object: 'model', created: 0, owned_by: 'earshot' }));
      response.json({ object: 'list', data });
    },
  };
}
