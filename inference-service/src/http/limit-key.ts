// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from 'express';
import type { KeyLimiter } from '../core/key-limiter.ts';
import { contextOf } from './request-context.ts';
import type { Route } from './route.ts';

/** Holds the key of a request for embeddings to its limits, before any of the body is read. */
export function createKeyLimit(limiter: KeyLimiter, { method, scope }: Route): RequestHandler {
  return (_request, response, next) => {
    const { key } = contextOf(response);
    if (key && method === 'post' && scope === 'embed') response.once('close', limiter.enter(key));
    next();
  };
}
