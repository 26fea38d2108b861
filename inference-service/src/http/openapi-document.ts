// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS } from '../contract/errors.ts';
import type { Route } from './route.ts';

const ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: 'string', enum: Object.keys(ERROR_KINDS) },
      },
    },
  },
};

const failure = {
  description: 'An error of the catalogue',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

const pathParameter = (name: string): object => ({ name, in: 'path', required: true, schema: { type: 'string' } });

/** OpenAPI 3.1 of exactly the routes given. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { path, method, scope, operation } of routes) {
    const { responses: answers = { 200: { description: 'Done' } }, errors: _, ...described } = operation;
    const security = scope === null ? [] : [{ key: [] }];
    const name = path.replace(/:(\w+)/g, '{$1}');
    const inPath = [...path.matchAll(/:(\w+)/g)].map((match) => pathParameter(match[1] ?? ''));
    const parameters = [...inPath, ...(operation.parameters ?? [])];
    paths[name] = {
      ...paths[name],
      [method]: { ...described, parameters, security, responses: { ...answers, default: failure } },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Earshot inference service', version },
    paths,
    components: {
      schemas: { Error: ERROR_SCHEMA },
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
  };
}
