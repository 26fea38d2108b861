// SPDX-License-Identifier: Apache-2.0
import { Router } from 'express';
import { PanelError } from '../../core/panel-error.ts';
import type { TrackStore } from '../../core/ports.ts';

/** `GET /api/tracks/:id` and `GET /api/facets`. */
export function tracksRoute(tracks: TrackStore, defaultSpace: string): Router {
  const router = Router();
  router.get('/tracks/:id', async (request, response) => {
    const track = await tracks.find(request.params.id);
    if (!track)
      throw new PanelError('PANEL_TRACK_UNKNOWN', `No recording of this library has the id ${request.params.id}`);
    response.json(track);
  });
  router.get('/facets', async (request, response) => {
    const { space } = request.query;
    response.json(await tracks.facets(typeof space === 'string' && space !== '' ? space : defaultSpace));
  });
  return router;
}
