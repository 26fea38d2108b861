// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import type { Space } from '@earshot/models/registry';
import express, { type Request, type Response } from 'express';
import { z } from 'zod';
import { classifyInput, type EmbeddingInput } from '../../core/classify-input.ts';
import type { RecordingEmbedding } from '../../core/embedder.ts';
import { encodeVector } from '../../core/encode-vector.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { AppDeps } from '../app-deps.ts';
import { asServiceError } from '../as-service-error.ts';
import { openAiDialect } from '../openai-dialect.ts';
import { startWork, type Work } from '../request-context.ts';
import type { Route } from '../route.ts';
import { setTimingHeaders } from '../timing-headers.ts';

const MOST_ITEMS = 2048;
const JSON_LIMIT_BYTES = 32 * 1024 * 1024;

const bodySchema = z.object({
  model: z.string('must name a space').min(1, 'must name a space'),
  input: z.unknown(),
  encoding_format: z.enum(['float', 'base64'], 'must be float or base64').nullish(),
  dimensions: z.unknown().optional(),
});

interface EmbeddingsRequest {
  readonly space: Space;
  readonly items: readonly EmbeddingInput[];
  readonly encoding: 'float' | 'base64';
}

function itemsOf(input: unknown, model: string): EmbeddingInput[] {
  if (!Array.isArray(input) && typeof input !== 'string' && (typeof input !== 'object' || input === null))
    throw new ServiceError('invalid_parameter', 'input: must be a string or an array', { param: 'input' });
  const list: unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0 || list.length > MOST_ITEMS)
    throw new ServiceError('invalid_parameter', `input: must have 1 to ${MOST_ITEMS} items, not ${list.length}`, {
      param: 'input',
    });
  return list.map((item, index) => classifyInput(item, `input[${index}]`, model));
}

function parseBody(body: unknown, deps: AppDeps): EmbeddingsRequest {
  const parsed = bodySchema.safeParse(body ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = String(issue?.path[0] ?? 'body');
    throw new ServiceError('invalid_parameter', `${name}: ${issue?.message}`, { param: name });
  }
  const { model, input, encoding_format: encoding, dimensions } = parsed.data;
  const [space] = deps.embedder.admit([model], {});
  if (!space) throw new ServiceError('model_not_found', `There is no space ${model} here`, { param: 'model' });
  if (!space.card.hasTrackVector)
    throw new ServiceError('invalid_parameter', `${model} has segment vectors only: use /v1/audio/embeddings`, {
      param: 'model',
    });
  if (dimensions !== undefined && dimensions !== null && dimensions !== space.card.dims)
    throw new ServiceError('invalid_parameter', `dimensions: ${model} gives ${space.card.dims}, and no other number`, {
      param: 'dimensions',
    });
  return { space, items: itemsOf(input, model), encoding: encoding ?? 'float' };
}

/** A failure of one item says which. */
function atItem(error: unknown, index: number): unknown {
  if (error instanceof Error && error.name === 'ClientGone') return error;
  const known = asServiceError(error);
  const { retryAfterSeconds, cause } = known;
  return new ServiceError(known.code, known.message, { param: `input[${index}]`, retryAfterSeconds, cause });
}

/** A unit vector that stands for no sound. */
function probeVector(dims: number): Float32Array {
  return new Float32Array(dims).fill(1 / Math.sqrt(dims));
}

/** Decodes and embeds the items, so many at a time; the first failure ends the rest. */
async function embedItems(
  { space, items }: EmbeddingsRequest,
  deps: AppDeps,
  work: Work,
): Promise<(RecordingEmbedding | null)[]> {
  const results: (RecordingEmbedding | null)[] = items.map(() => null);
  const failure = new AbortController();
  const signal = AbortSignal.any([work.signal, failure.signal]);
  const remaining = items.entries();
  const embedNext = async (): Promise<void> => {
    for (const [index, item] of remaining) {
      if (item.kind !== 'audio') continue;
      const options = { ...work, signal };
      const limits = { maxBytes: deps.limits.max_upload_bytes, signal };
      try {
        const source = Readable.from([item.bytes]);
        const [result] = await deps.spool.hold(source, limits, (file) =>
          deps.embedder.embed(file.path, [space], options),
        );
        if (!result?.vector) throw new ServiceError('silent_audio', 'The recording is silent');
        results[index] = result;
      } catch (error) {
        const failed = failure.signal.aborted ? failure.signal.reason : atItem(error, index);
        failure.abort(failed);
        throw failed;
      }
    }
  };
  await Promise.all(Array.from({ length: deps.limits.max_concurrent_decodes }, embedNext));
  return results;
}

/** `POST /v1/embeddings`: OpenAI's contract; audio travels as data: URIs. */
export function embeddingsRoute(deps: AppDeps): Route {
  const parseJson = express.json({ limit: JSON_LIMIT_BYTES, type: () => true });
  const readJson = (request: Request, response: Response): Promise<void> =>
    new Promise((resolve, reject) => {
      parseJson(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
  const handle = async (request: Request, response: Response): Promise<void> => {
    const work = startWork(request, response, deps.requestTimeoutMs);
    await readJson(request, response);
    const wanted = parseBody(request.body, deps);
    const { space, items, encoding } = wanted;
    if (items.some((item) => item.kind === 'probe')) deps.log.info({ space: space.card.id }, 'answering a dims probe');
    const results = await embedItems(wanted, deps, work);
    const tokens = results.reduce((sum, result) => sum + (result?.segments.length ?? 1), 0);
    setTimingHeaders(
      response,
      results.filter((result) => result !== null),
    );
    response.json({
      object: 'list',
      model: space.card.id,
      data: results.map((result, index) => ({
        object: 'embedding',
        index,
        embedding: encodeVector(result?.vector ?? probeVector(space.card.dims), encoding),
      })),
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  };
  const operation = {
    summary: 'OpenAI embeddings; items are data:audio/…;base64,… strings or content objects',
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['model', 'input'],
            properties: {
              model: { type: 'string' },
              input: {},
              encoding_format: { type: 'string', enum: ['float', 'base64'] },
            },
          },
        },
      },
    },
  };
  return { method: 'post', path: '/v1/embeddings', scope: 'embed', dialect: openAiDialect, operation, handle };
}
