// SPDX-License-Identifier: Apache-2.0
import { Router } from 'express';
import { PanelError } from '../../core/panel-error.ts';
import type { QueryStore } from '../../core/ports.ts';

/** `GET /api/queries/:id`: what a stored query was. */
export function queriesRoute(queries: QueryStore): Router {
  const router = Router();
  router.get('/queries/:id', async (request, response) => {
    const query = await queries.find(request.params.id);
    if (!query)
      throw new PanelError('PANEL_QUERY_EXPIRED', `The recording behind query ${request.params.id} has expired`);
    response.json(query);
  });
  return router;
}
