// SPDX-License-Identifier: Apache-2.0
import { DIRECT_PIPELINE } from '@earshot/mappings';
import type { Definition, Json, JsonObject } from '@earshot/mappings/definitions';
import file from '../../../ingest/earshot-direct-v1.json' with { type: 'json' };
import type { WantedSpace } from './wanted-space.ts';

const CHECK_TAG = 'check-space';

/** Files hold scripts as lists of lines; Elasticsearch wants one string. */
function joinSources(value: Json): Json {
  if (Array.isArray(value)) return value.map(joinSources);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([key, inner]) => [
      key,
      key === 'source' && Array.isArray(inner) ? inner.join('\n') : joinSources(inner),
    ]),
  );
}

interface ScriptProcessor {
  readonly script?: JsonObject & { readonly tag?: string; readonly params?: { readonly spaces?: JsonObject } };
}

/** Spaces that the stored pipeline accepts: other libraries and operators may use it for more than is configured here. */
function acceptedSpaces(stored: JsonObject | undefined): JsonObject {
  const processors = (stored?.processors ?? []) as readonly ScriptProcessor[];
  return processors.find(({ script }) => script?.tag === CHECK_TAG)?.script?.params?.spaces ?? {};
}

/** `ingest/earshot-direct-v1.json` with fingerprint and dims of each space filled in. */
export function renderDirectPipeline(spaces: readonly WantedSpace[], stored?: JsonObject): Definition {
  const accepted: Record<string, Json> = { ...acceptedSpaces(stored) };
  for (const { card, fingerprint } of spaces)
    accepted[card.id] = { fingerprint, dims: card.dims, track: card.hasTrackVector };
  const body = joinSources(file as JsonObject) as JsonObject;
  const processors = (body.processors as readonly ScriptProcessor[]).map((processor) =>
    processor.script?.tag === CHECK_TAG
      ? { script: { ...processor.script, params: { spaces: accepted } } }
      : (processor as JsonObject),
  );
  return { kind: 'ingest_pipeline', name: DIRECT_PIPELINE, body: { ...body, processors } };
}
