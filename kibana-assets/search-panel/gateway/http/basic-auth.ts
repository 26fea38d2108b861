// SPDX-License-Identifier: Apache-2.0
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { PanelError } from '../core/panel-error.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Asks for one name and password (`user:password`); compares in constant time. */
export function createBasicAuth(credentials: string): RequestHandler {
  const expected = digest(credentials);
  return (request, response, next) => {
    const [scheme, encoded] = (request.get('authorization') ?? '').split(' ');
    const given = scheme?.toLowerCase() === 'basic' ? Buffer.from(encoded ?? '', 'base64').toString('utf8') : '';
    if (timingSafeEqual(digest(given), expected)) return next();
    response.setHeader('WWW-Authenticate', 'Basic realm="Earshot", charset="UTF-8"');
    throw new PanelError('PANEL_AUTH_REQUIRED', 'The panel asks for a name and password');
  };
}
