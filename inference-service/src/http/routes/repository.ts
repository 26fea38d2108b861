// SPDX-License-Identifier: Apache-2.0
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ErrorCode } from '../../contract/errors.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { Spool } from '../../core/spool-port.ts';
import type { AppDeps } from '../app-deps.ts';
import { kserveDialect } from '../kserve-dialect.ts';
import { readJson } from '../read-body.ts';
import type { JsonSchema, Operation, Route } from '../route.ts';

const BODY_ERRORS = [
  'invalid_parameter',
  'invalid_json',
  'invalid_request',
  'audio_too_large',
  'unsupported_encoding',
  'queue_full',
] as const satisfies readonly ErrorCode[];

const indexBody = z.looseObject({ ready: z.boolean('must be true or false').optional() });
const loadBody = z.looseObject({ parameters: z.record(z.string(), z.unknown(), 'must be an object').optional() });

const optionalBody = (properties: JsonSchema): JsonSchema => ({
  required: false,
  content: { 'application/json': { schema: { type: 'object', properties } } },
});
const answer = (schema: JsonSchema): JsonSchema => ({
  description: 'Done',
  content: { 'application/json': { schema } },
});
const text = { type: 'string' };
const modelState = { name: text, version: text, state: { type: 'string', enum: ['READY', 'UNAVAILABLE'] } };

interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly spool: Spool;
}

/** The body where there is one; the protocol lets clients send none. */
async function readOptional<T>(schema: z.ZodType<T>, { request, response, spool }: Exchange): Promise<T> {
  const parsed = schema.safeParse((await readJson(request, response, spool)) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const param = issue?.path.join('.') || 'body';
  throw new ServiceError('invalid_parameter', `${param}: ${issue?.message}`, { param });
}

const operations = {
  index: {
    summary: 'The models of the folders and whether they are served',
    requestBody: optionalBody({ ready: { type: 'boolean' } }),
    responses: {
      200: answer({
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'version', 'state', 'reason'],
          properties: { ...modelState, reason: text, fingerprint: { type: ['string', 'null'] } },
        },
      }),
    },
    errors: BODY_ERRORS,
  },
  load: {
    summary: 'Read card and graph of a model anew, prove them, and serve them in place of what was served',
    requestBody: optionalBody({ parameters: { type: 'object' } }),
    responses: {
      200: answer({
        type: 'object',
        required: ['name', 'version', 'state', 'fingerprint', 'changed'],
        properties: { ...modelState, fingerprint: text, changed: { type: 'boolean' } },
      }),
    },
    errors: [...BODY_ERRORS, 'model_not_found', 'model_busy', 'model_not_loadable'],
  },
  unload: {
    summary: 'Take a model out of service; requests that have begun are finished',
    requestBody: optionalBody({ parameters: { type: 'object' } }),
    responses: { 200: answer({ type: 'object', required: ['name', 'state'], properties: modelState }) },
    errors: [...BODY_ERRORS, 'model_not_found', 'model_busy'],
  },
} as const satisfies Record<string, Operation>;

/** The Open Inference Protocol's model repository: what could be served, and putting it in and out of service. */
export function repositoryRoutes({ repository, spool }: Pick<AppDeps, 'repository' | 'spool'>): Route[] {
  const admin = { method: 'post', scope: 'admin', dialect: kserveDialect } as const;
  return [
    {
      ...admin,
      path: '/v2/repository/index',
      operation: operations.index,
      handle: async (request, response) => {
        const { ready } = await readOptional(indexBody, { request, response, spool });
        const entries = repository.index().filter(({ isReady }) => isReady || ready !== true);
        response.json(
          entries.map(({ id, version, isReady, reason, fingerprint }) => ({
            name: id,
            version,
            state: isReady ? 'READY' : 'UNAVAILABLE',
            reason,
            fingerprint,
          })),
        );
      },
    },
    {
      ...admin,
      path: '/v2/repository/models/:model/load',
      operation: operations.load,
      handle: async (request, response) => {
        const { parameters = {} } = await readOptional(loadBody, { request, response, spool });
        const [param] = Object.keys(parameters);
        if (param !== undefined)
          throw new ServiceError('invalid_parameter', 'parameters: card and graph come from the models folders only', {
            param: `parameters.${param}`,
          });
        const { space, hasChanged } = await repository.load(String(request.params.model));
        const { id, version } = space.card;
        response.json({
          name: id,
          version: String(version),
          state: 'READY',
          fingerprint: space.fingerprint,
          changed: hasChanged,
        });
      },
    },
    {
      ...admin,
      path: '/v2/repository/models/:model/unload',
      operation: operations.unload,
      handle: async (request, response) => {
        // Clients send `unload_dependents`, which means nothing here: no model depends on another.
        await readOptional(loadBody, { request, response, spool });
        const id = String(request.params.model);
        await repository.unload(id);
        response.json({ name: id, state: 'UNAVAILABLE' });
      },
    },
  ];
}
