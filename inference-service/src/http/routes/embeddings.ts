// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { Request, Response } from 'express';
import type { EmbeddingInput } from '../../core/classify-input.ts';
import { encodeVector } from '../../core/encode-vector.ts';
import type { AppDeps } from '../app-deps.ts';
import { embedItems, ITEM_ERRORS, itemsOf } from '../embed-items.ts';
import { openAiDialect } from '../openai-dialect.ts';
import { jsonAnswer, jsonBody } from '../openapi/describe-body.ts';
import { TIMING_HEADERS, WORK_HEADERS } from '../openapi/headers.ts';
import { embeddingsRequest } from '../openapi/openai-schemas.ts';
import { parseFields } from '../parse-fields.ts';
import { readJson } from '../read-body.ts';
import { startWork } from '../request-context.ts';
import type { Operation, Route } from '../route.ts';
import { setTimingHeaders } from '../timing-headers.ts';
import { trackSpace } from '../track-space.ts';

interface EmbeddingsRequest {
  readonly space: Space;
  readonly items: readonly EmbeddingInput[];
  readonly encoding: 'float' | 'base64';
}

function parseBody(body: unknown, deps: AppDeps): EmbeddingsRequest {
  const { model, input, encoding_format: encoding, dimensions } = parseFields(embeddingsRequest, body);
  const space = trackSpace(model, dimensions, deps);
  return { space, items: itemsOf(input, 'input', space), encoding: encoding ?? 'float' };
}

const operation: Operation = {
  summary:
    'OpenAI embeddings; items are data:audio/…;base64,… strings, content objects, or words where the space takes them',
  parameters: WORK_HEADERS,
  requestBody: jsonBody('EmbeddingsRequest'),
  responses: { 200: jsonAnswer('One vector an item, in order', 'EmbeddingsResponse', TIMING_HEADERS) },
  errors: ITEM_ERRORS,
};

/** `POST /v1/embeddings`: OpenAI's contract; audio travels as data: URIs, words as they are. */
export function embeddingsRoute(deps: AppDeps): Route {
  const handle = async (request: Request, response: Response): Promise<void> => {
    const work = startWork(request, response, deps.requestTimeoutMs);
    const { space, items, encoding } = parseBody(await readJson(request, response, deps.spool), deps);
    const results = await embedItems({ space, items, field: 'input', work }, deps);
    const tokens = results.reduce((sum, item) => sum + item.tokens, 0);
    setTimingHeaders(
      response,
      results.map(({ stages }) => stages).filter((stages) => stages !== null),
    );
    response.json({
      object: 'list',
      model: space.card.id,
      fingerprint: space.fingerprint,
      data: results.map(({ vector }, index) => ({
        object: 'embedding',
        index,
        embedding: encodeVector(vector, encoding),
      })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  };
  return { method: 'post', path: '/v1/embeddings', scope: 'embed', dialect: openAiDialect, operation, handle };
}
