// SPDX-License-Identifier: Apache-2.0
import type { Request, Response } from 'express';
import type { ErrorCode } from '../contract/errors.ts';
import type { Scope } from '../core/key-ring.ts';
import type { ServiceError } from '../core/service-error.ts';

/** How a family of routes words its failures. */
export interface Dialect {
  /** Name of the body's schema in `/openapi.json`. */
  readonly errorSchema: 'Error' | 'KserveError' | 'TeiError';
  serialise(error: ServiceError): { readonly status: number; readonly body: object };
}

/** A JSON Schema, or a reference to one of the document's components. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What `/openapi.json` says about a route. Path parameters, security, and 401, 403 and 503 follow from the route. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  /** Query and header parameters, as OpenAPI writes them. */
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  /** Answers that are no failures, by status; without it a JSON object with 200. */
  readonly responses?: Readonly<Record<number, JsonSchema>>;
  /** Codes of the catalogue that can occur here, beside those of every route. */
  readonly errors?: readonly ErrorCode[];
}

/** One route: what is served and what `/openapi.json` says about it. */
export interface Route {
  readonly method: 'get' | 'post';
  /** As Express writes it: `/v2/models/:model`. */
  readonly path: string;
  /** Scope an API key needs; null for public routes. */
  readonly scope: Scope | null;
  readonly dialect: Dialect;
  readonly operation: Operation;
  handle(request: Request, response: Response): void | Promise<void>;
}
