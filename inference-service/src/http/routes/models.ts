// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { AppDeps } from '../app-deps.ts';
import { findModel } from '../find-model.ts';
import { openAiDialect } from '../openai-dialect.ts';
import { jsonAnswer } from '../openapi/describe-body.ts';
import type { Route } from '../route.ts';

const wireModel = ({ card }: Space): object => ({
  id: card.id,
  object: 'model',
  created: 0,
  owned_by: 'earshot',
  accepts_text: card.acceptsText,
});

/** `GET /v1/models` and `GET /v1/models/{model}`: the spaces as OpenAI tells models. */
export function modelsRoutes(deps: AppDeps): Route[] {
  const list: Route = {
    method: 'get',
    path: '/v1/models',
    scope: 'embed',
    dialect: openAiDialect,
    operation: {
      summary: 'The embedding spaces served here, as OpenAI lists models',
      responses: { 200: jsonAnswer('All spaces', 'ModelList') },
    },
    handle: (_request, response) =>
      void response.json({ object: 'list', data: [...deps.spaces.values()].map(wireModel) }),
  };
  const one: Route = {
    method: 'get',
    path: '/v1/models/:model',
    scope: 'embed',
    dialect: openAiDialect,
    operation: {
      summary: 'One embedding space, as OpenAI tells a model',
      responses: { 200: jsonAnswer('The space', 'Model') },
    },
    handle: (request, response) => void response.json(wireModel(findModel(request, deps))),
  };
  return [list, one];
}
