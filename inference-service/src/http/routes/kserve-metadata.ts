// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { Request, Response } from 'express';
import type { AppDeps } from '../app-deps.ts';
import { findModel, versionOf } from '../find-model.ts';
import { inputTensorOf } from '../kserve/input-tensor.ts';
import { kserveDialect } from '../kserve-dialect.ts';
import { jsonAnswer } from '../openapi/describe-body.ts';
import type { Route } from '../route.ts';

const MODEL_PATHS = ['/v2/models/:model', '/v2/models/:model/versions/:version'];

function modelMetadata(space: Space): object {
  const { id, output, dims } = space.card;
  const { tensor, values, sampleRateHz } = inputTensorOf(space.card);
  return {
    name: id,
    versions: [versionOf(space)],
    platform: 'onnx_onnxv1',
    inputs: [{ name: tensor, datatype: 'FP32', shape: [-1, values] }],
    outputs: [{ name: output.tensor, datatype: 'FP32', shape: [-1, dims] }],
    parameters: {
      ...(sampleRateHz === undefined ? {} : { sample_rate: sampleRateHz }),
      fingerprint: space.fingerprint,
    },
  };
}

function readiness(request: Request, response: Response, deps: AppDeps): void {
  const { id } = findModel(request, deps).card;
  const { isUp, failedSpaces, problems } = deps.engine.status();
  const problem = isUp ? failedSpaces.get(id) : (problems[0] ?? 'the inference host is starting');
  if (problem === undefined) response.json({ name: id, ready: true });
  else response.status(503).json({ name: id, ready: false, error: `${id} cannot be served now: ${problem}` });
}

/** What the Open Inference Protocol tells about the server and its models. */
export function kserveMetadataRoutes(deps: AppDeps): Route[] {
  const server: Route = {
    method: 'get',
    path: '/v2',
    scope: 'embed',
    dialect: kserveDialect,
    operation: {
      summary: 'Server and protocol extensions, as the Open Inference Protocol tells them',
      responses: { 200: jsonAnswer('The server', 'ServerMetadata') },
    },
    handle: (_request, response) =>
      void response.json({
        name: 'earshot',
        version: deps.version,
        extensions: ['binary_tensor_data', 'model_repository', 'schedule_policy', 'model_repository'],
      }),
  };
  const metadata = MODEL_PATHS.map(
    (path): Route => ({
      method: 'get',
      path,
      scope: 'embed',
      dialect: kserveDialect,
      operation: {
        summary: 'Tensors of a space: windows or contours in, vectors out; -1 is their number',
        responses: { 200: jsonAnswer('The space', 'ModelMetadata') },
      },
      handle: (request, response) => void response.json(modelMetadata(findModel(request, deps))),
    }),
  );
  const ready = MODEL_PATHS.map(
    (path): Route => ({
      method: 'get',
      path: `${path}/ready`,
      scope: null,
      dialect: kserveDialect,
      operation: {
        summary: 'Whether a space can be used now: 200, or 503 with the reason',
        responses: { 200: jsonAnswer('It can', 'ModelReady'), 503: jsonAnswer('It cannot', 'ModelNotReady') },
      },
      handle: (request, response) => readiness(request, response, deps),
    }),
  );
  return [server, ...metadata, ...ready];
}
