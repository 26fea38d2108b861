// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Definition, JsonObject } from '@earshot/mappings/definitions';
import { flatJson } from './flat-json.ts';

/** First 16 hex digits of sha256 over the definition's own text, key order aside. */
function hashOf(body: JsonObject): string {
  const lines = [...flatJson(body)].map(([path, text]) => `${path}=${text}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

function withMeta(body: JsonObject, hash: string): JsonObject {
  return { ...body, _meta: { ...(body._meta as JsonObject), hash } };
}

/** Writes the hash into `_meta`, and into the mapping's `_meta` where there is one, so that indices carry it too. */
export function stampHash(definition: Definition): Definition {
  const hash = hashOf(definition.body);
  const body = withMeta(definition.body, hash);
  const template = body.template as JsonObject | undefined;
  const mappings = template?.mappings as JsonObject | undefined;
  if (!mappings?._meta) return { ...definition, body };
  return { ...definition, body: { ...body, template: { ...template, mappings: withMeta(mappings, hash) } } };
}
