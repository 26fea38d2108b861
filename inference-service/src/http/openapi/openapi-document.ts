// SPDX-License-Identifier: Apache-2.0
import type { JsonSchema, Route } from '../route.ts';
import { componentSchemas } from './components.ts';
import { errorAnswers } from './error-answers.ts';
import { COMMON_ANSWER_HEADERS, COMMON_HEADERS } from './headers.ts';

const PATH_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  model: {
    type: 'string',
    pattern: '^[a-z0-9]+(-[a-z0-9]+)*-[0-9]+$',
    description: 'Space id',
    examples: ['spectral-1'],
  },
  version: {
    type: 'string',
    pattern: '^[0-9]+$',
    description: 'The number after the last dash of the space id',
    examples: ['1'],
  },
};

const pathParameter = (name: string): JsonSchema => ({
  name,
  in: 'path',
  required: true,
  schema: PATH_SCHEMAS[name] ?? { type: 'string' },
});

/** `post /v2/models/:model/infer` → `postV2ModelsByModelInfer`. */
function operationId({ method, path }: Route): string {
  const words = path.replaceAll(':', 'by/').split(/[/.]/).filter(Boolean);
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function withCommonHeaders(answers: Readonly<Record<number, JsonSchema>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const { headers } = answer as { readonly headers?: object };
      return [status, { ...answer, headers: { ...COMMON_ANSWER_HEADERS, ...headers } }];
    }),
  );
}

function describeOperation(route: Route, isKeyNeeded: boolean): JsonSchema {
  const { errors: _, parameters = [], responses, ...described } = route.operation;
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => pathParameter(match[1] ?? ''));
  return {
    operationId: operationId(route),
    ...described,
    parameters: [...inPath, ...parameters, ...COMMON_HEADERS],
    security: isKeyNeeded && route.scope !== null ? [{ key: [] }] : [],
    responses: withCommonHeaders({ ...errorAnswers(route), ...responses }),
  };
}

interface DocumentOptions {
  readonly version: string;
  /** Whether the service asks for keys. */
  readonly isKeyNeeded: boolean;
}

/** OpenAPI 3.1 of exactly the routes given. */
export function openApiDocument(routes: readonly Route[], { version, isKeyNeeded }: DocumentOptions): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: describeOperation(route, isKeyNeeded) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Earshot inference service',
      description: 'Turns recordings into vectors: audio in, embeddings out.',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'Authorization: Bearer KEY (or ApiKey KEY)' },
      },
    },
  };
}
