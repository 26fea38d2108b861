// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { Request, Response } from 'express';
import type { ReadyWindows } from '../../core/embed-windows.ts';
import type { Priority } from '../../core/priority-lane.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { AppDeps } from '../app-deps.ts';
import { findModel } from '../find-model.ts';
import { assertSampleRate, RATE_PARAMETER, rateOfAddress } from '../kserve/declared-rate.ts';
import { type InferAnswer, inferAnswer } from '../kserve/infer-answer.ts';
import { type InferRequest, parseInferRequest } from '../kserve/infer-schema.ts';
import { inputTensorOf } from '../kserve/input-tensor.ts';
import { readRawWindows, readWindows } from '../kserve/read-windows.ts';
import { JSON_LENGTH_HEADER, splitBody } from '../kserve/split-body.ts';
import { kserveDialect } from '../kserve-dialect.ts';
import { component } from '../openapi/components.ts';
import { TIMING_HEADERS, WORK_HEADERS } from '../openapi/headers.ts';
import { readBytes } from '../read-body.ts';
import { startWork } from '../request-context.ts';
import type { Operation, Route } from '../route.ts';
import { setTimingHeaders } from '../timing-headers.ts';

const MICROSECONDS_A_MS = 1000;

interface Inference {
  readonly ready: ReadyWindows;
  readonly id: string | undefined;
  readonly isBinary: boolean;
  readonly priority: number;
  readonly timeoutUs: number;
}

function assertOutput({ card }: Space, outputs: InferRequest['outputs']): void {
  const name = outputs?.[0]?.name;
  if (name !== undefined && name !== card.output.tensor)
    throw new ServiceError(
      'invalid_parameter',
      `outputs[0].name: ${card.id} gives ${card.output.tensor}, not ${name}`,
      {
        param: 'outputs[0].name',
      },
    );
}

function readInference(space: Space, body: Buffer, request: Request): Inference {
  const { json, binary } = splitBody(body, request.get(JSON_LENGTH_HEADER));
  const tensor = inputTensorOf(space.card);
  const inAddress = rateOfAddress(request.query[RATE_PARAMETER]);
  if (json === undefined) {
    assertSampleRate(tensor, { [RATE_PARAMETER]: inAddress });
    return { ready: readRawWindows(tensor, body), id: undefined, isBinary: true, priority: 0, timeoutUs: 0 };
  }
  const { id, parameters, inputs, outputs } = parseInferRequest(json);
  assertOutput(space, outputs);
  const [input] = inputs;
  if (!input) throw new ServiceError('invalid_parameter', 'inputs: must have one tensor', { param: 'inputs' });
  assertSampleRate(tensor, {
    [RATE_PARAMETER]: inAddress,
    'parameters.sample_rate': parameters?.sample_rate,
    'inputs[0].parameters.sample_rate': input.parameters?.sample_rate,
  });
  return {
    ready: readWindows(tensor, input, binary),
    id,
    isBinary: outputs?.[0]?.parameters?.binary_data ?? parameters?.binary_data_output ?? false,
    priority: parameters?.priority ?? 0,
    timeoutUs: parameters?.timeout ?? 0,
  };
}

/** The protocol's priorities: 1 is urgent, more is bulk, 0 leaves it to the header. */
function laneOf(priority: number, otherwise: Priority): Priority {
  if (priority === 0) return otherwise;
  return priority === 1 ? 'interactive' : 'bulk';
}

function send(response: Response, { json, binary }: InferAnswer): void {
  if (!binary) return void response.json(json);
  const head = Buffer.from(JSON.stringify(json));
  response.setHeader(JSON_LENGTH_HEADER, String(head.length));
  response.type('application/octet-stream').send(Buffer.concat([head, binary]));
}

const operation: Operation = {
  summary: 'Embed windows of samples, or contours in a space of melodies, as JSON or binary tensors',
  description: `With ${JSON_LENGTH_HEADER} the body is so many bytes of JSON, then FP32 tensors; with 0 one raw tensor.`,
  parameters: [
    {
      name: JSON_LENGTH_HEADER,
      in: 'header',
      description: 'Bytes of JSON at the start of the body; without it all of it is JSON',
      schema: { type: 'integer', minimum: 0 },
    },
    {
      name: RATE_PARAMETER,
      in: 'query',
      description: 'Hz that the samples are at, unless parameters.sample_rate of the request or the tensor says so',
      schema: { type: 'integer', minimum: 1, maximum: 999_999_999 },
    },
    ...WORK_HEADERS,
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': { schema: component('InferRequest') },
      'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
    },
  },
  responses: {
    200: {
      description: 'One vector a window or contour, in order',
      headers: {
        ...TIMING_HEADERS,
        [JSON_LENGTH_HEADER]: { description: 'Bytes of JSON before the tensor', schema: { type: 'integer' } },
      },
      content: {
        'application/json': { schema: component('InferResponse') },
        'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
      },
    },
  },
  errors: [
    'invalid_parameter',
    'sample_rate_undeclared',
    'invalid_json',
    'empty_body',
    'deadline_exceeded',
    'audio_too_large',
    'audio_too_long',
    'unsupported_encoding',
    'undecodable_audio',
    'silent_audio',
    'queue_full',
  ],
};

/** `POST /v2/models/{model}/infer`: windows that the caller has decoded and cut, as tensors of the protocol. */
export function kserveInferRoutes(deps: AppDeps): Route[] {
  const handle = async (request: Request, response: Response): Promise<void> => {
    const work = startWork(request, response, deps.requestTimeoutMs);
    const space = findModel(request, deps);
    deps.embedder.admit([space.card.id], {});
    const body = await readBytes(request, response, { spool: deps.spool, maxBytes: deps.limits.max_upload_bytes });
    const inference = readInference(space, body, request);
    const limitMs = Math.ceil(inference.timeoutUs / MICROSECONDS_A_MS) || deps.requestTimeoutMs;
    const shorter = startWork(request, response, Math.min(limitMs, deps.requestTimeoutMs));
    const options = {
      priority: laneOf(inference.priority, work.priority),
      signal: AbortSignal.any([work.signal, shorter.signal]),
    };
    const output = space.card.melody
      ? await deps.embedder.embedContours(space, inference.ready, options)
      : await deps.embedder.embedWindows(space, inference.ready, options);
    setTimingHeaders(response, [{ ...output, decodeMs: 0 }]);
    send(response, inferAnswer(space, output.vectors, inference));
  };
  return ['/v2/models/:model/infer', '/v2/models/:model/versions/:version/infer'].map((path) => ({
    method: 'post',
    path,
    scope: 'embed',
    dialect: kserveDialect,
    operation,
    handle,
  }));
}
