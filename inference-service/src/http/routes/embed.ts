// SPDX-License-Identifier: Apache-2.0
import type { Request, Response } from 'express';
import { toUnitLength } from '../../core/pool-vectors.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { AppDeps } from '../app-deps.ts';
import { defaultSpace } from '../default-space.ts';
import { embedItems, ITEM_ERRORS, itemsOf } from '../embed-items.ts';
import { jsonAnswer, jsonBody } from '../openapi/describe-body.ts';
import { TIMING_HEADERS, WORK_HEADERS } from '../openapi/headers.ts';
import { embedRequest } from '../openapi/tei-schemas.ts';
import { parseFields } from '../parse-fields.ts';
import { readJson } from '../read-body.ts';
import { startWork } from '../request-context.ts';
import type { Operation, Route } from '../route.ts';
import { teiDialect } from '../tei-dialect.ts';
import { setTimingHeaders } from '../timing-headers.ts';
import { trackSpace } from '../track-space.ts';

const operation: Operation = {
  summary: 'text-embeddings-inference: one vector an item',
  parameters: [
    { name: 'model', in: 'query', description: 'Space id', schema: { type: 'string', minLength: 1 } },
    ...WORK_HEADERS,
  ],
  requestBody: jsonBody('EmbedRequest'),
  responses: { 200: jsonAnswer('One vector an item, in order', 'EmbedResponse', TIMING_HEADERS) },
  errors: ITEM_ERRORS,
};

/** `?model=`, else the first space that has a vector for a whole recording. */
function modelOf(request: Request, deps: AppDeps): string {
  const { model, ...others } = request.query;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new ServiceError('invalid_parameter', `${unknown}: there is no such parameter`, { param: unknown });
  if (model !== undefined && typeof model !== 'string')
    throw new ServiceError('invalid_parameter', 'model: must name one space', { param: 'model' });
  return model ?? defaultSpace(deps).card.id;
}

/** `POST /embed`: text-embeddings-inference's contract, a bare list of vectors; audio travels as on /v1/embeddings. */
export function embedRoute(deps: AppDeps): Route {
  const handle = async (request: Request, response: Response): Promise<void> => {
    const work = startWork(request, response, deps.requestTimeoutMs);
    const model = modelOf(request, deps);
    const { inputs, normalize, dimensions, truncate } = parseFields(
      embedRequest,
      await readJson(request, response, deps.spool),
    );
    const space = trackSpace(model, dimensions, deps);
    const items = itemsOf(inputs, 'inputs', space);
    const results = await embedItems({ space, items, field: 'inputs', work, truncate: truncate ?? false }, deps);
    setTimingHeaders(
      response,
      results.map(({ stages }) => stages).filter((stages) => stages !== null),
    );
    // Vectors that are compared by cosine have unit length already, whatever was asked for.
    const isScaled = normalize === true && space.card.similarity !== 'cosine';
    response.json(results.map(({ vector }) => Array.from((isScaled && toUnitLength(vector)) || vector)));
  };
  return { method: 'post', path: '/embed', scope: 'embed', dialect: teiDialect, operation, handle };
}
