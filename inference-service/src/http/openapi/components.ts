// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { inferRequest } from '../kserve/infer-schema.ts';
import type { JsonSchema } from '../route.ts';
import * as audio from './audio-schemas.ts';
import * as errors from './error-schemas.ts';
import * as info from './info-schemas.ts';
import * as kserve from './kserve-schemas.ts';
import * as openai from './openai-schemas.ts';
import * as tei from './tei-schemas.ts';

/** Every named schema of `/openapi.json`. Requests are parsed by these same schemas. */
const COMPONENTS = {
  AudioEmbeddingResult: audio.audioEmbeddingResult,
  AudioEmbeddingResults: audio.audioEmbeddingResults,
  Segment: audio.wireSegment,
  StreamHeader: audio.streamHeader,
  StreamSegment: audio.streamSegment,
  StreamSummary: audio.streamSummary,
  EmbeddingsRequest: openai.embeddingsRequest,
  EmbeddingsResponse: openai.embeddingsResponse,
  Model: openai.model,
  ModelList: openai.modelList,
  EmbedRequest: tei.embedRequest,
  EmbedResponse: tei.embedResponse,
  ServerMetadata: kserve.serverMetadata,
  ServerReadiness: kserve.serverReadiness,
  ModelMetadata: kserve.modelMetadata,
  ModelReady: kserve.modelReady,
  ModelNotReady: kserve.modelNotReady,
  InferRequest: inferRequest,
  InferResponse: kserve.inferResponse,
  ServiceInfo: info.serviceInfo,
  Space: info.spaceInfo,
  Liveness: info.liveness,
  Readiness: info.readiness,
  Error: errors.errorBody,
  KserveError: errors.kserveError,
  TeiError: errors.teiError,
} as const satisfies Record<string, z.ZodType>;

export type ComponentName = keyof typeof COMPONENTS;

/** A reference to a named schema. */
export const component = (name: ComponentName): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** The named schemas as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
export function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'input' });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}
