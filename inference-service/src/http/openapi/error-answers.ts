// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS, type ErrorCode } from '../../contract/errors.ts';
import { ServiceError } from '../../core/service-error.ts';
import type { JsonSchema, Route } from '../route.ts';
import { component } from './components.ts';
import { STATUS_HEADERS } from './headers.ts';

/** Codes of every route that a key may be needed for. */
const SCOPED: readonly ErrorCode[] = ['invalid_api_key', 'insufficient_scope', 'not_ready'];
/** Codes of every route that names a space in its path. */
const NAMED: readonly ErrorCode[] = ['invalid_request', 'model_not_found'];

function codesOf({ method, scope, path, operation }: Route): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...(path.includes('/:') ? NAMED : []),
      ...(operation.errors ?? []),
      ...(scope === null ? [] : SCOPED),
      // As createKeyLimit has it.
      ...(method === 'post' && scope === 'embed' ? (['rate_limited'] as const) : []),
      'internal_error',
    ]),
  ];
}

/** The failures of a route as OpenAPI responses: one a status of its dialect, with the codes and their remedies. */
export function errorAnswers(route: Route): Record<number, JsonSchema> {
  const { dialect } = route;
  const byStatus = Map.groupBy(codesOf(route), (code) => dialect.serialise(new ServiceError(code, '')).status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${ERROR_KINDS[code].remedy}`).join('\n\n'),
        headers: STATUS_HEADERS[status] ?? {},
        content: { 'application/json': { schema: component(dialect.errorSchema) } },
      },
    ]),
  );
}
