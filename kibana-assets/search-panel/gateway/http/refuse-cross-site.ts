// SPDX-License-Identifier: Apache-2.0
import type { RequestHandler } from 'express';
import { PanelError } from '../core/panel-error.ts';

/** Other sites may link here and play audio (Kibana does), but not make the visitor's browser send uploads. */
export const refuseCrossSite: RequestHandler = (request, _response, next) => {
  const isReading = request.method === 'GET' || request.method === 'HEAD';
  if (!isReading && request.get('sec-fetch-site') === 'cross-site')
    throw new PanelError('PANEL_CROSS_SITE', `${request.method} ${request.path} was sent by a page of another site`);
  next();
};
