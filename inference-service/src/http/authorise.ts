// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from 'express';
import type { KeyRing, Scope } from '../core/key-ring.ts';
import { ServiceError } from '../core/service-error.ts';
import { contextOf } from './request-context.ts';

/** Lets through who holds a key with the scope (`Authorization: Bearer …`, or `ApiKey …`); everyone when there are no keys. */
export function createAuthorise(keys: KeyRing | undefined, scope: Scope | null): RequestHandler {
  return (request, response, next) => {
    if (!keys || scope === null) return next();
    const secret = /^(?:Bearer|ApiKey)\s+(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const key = secret === undefined ? undefined : keys.find(secret);
    if (!key)
      throw new ServiceError(
        'invalid_api_key',
        secret === undefined ? 'An API key is needed' : 'The API key is unknown',
      );
    contextOf(response).key = key;
    if (!key.scopes.includes(scope))
      throw new ServiceError('insufficient_scope', `The key ${key.name} lacks the scope ${scope}`);
    next();
  };
}
