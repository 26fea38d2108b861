// SPDX-License-Identifier: Apache-2.0
import type { Request, Response } from 'express';
import type { Scope } from '../core/key-ring.ts';
import type { ServiceError } from '../core/service-error.ts';

/** How a family of routes words its failures. */
export interface Dialect {
  serialise(error: ServiceError): { readonly status: number; readonly body: object };
}

/** One route: what is served and what `/openapi.json` says about it. */
export interface Route {
  readonly method: 'get' | 'post';
  readonly path: string;
  /** Scope an API key needs; null for public routes. */
  readonly scope: Scope | null;
  readonly dialect: Dialect;
  /** OpenAPI operation object. */
  readonly operation: Readonly<Record<string, unknown>>;
  handle(request: Request, response: Response): void | Promise<void>;
}
