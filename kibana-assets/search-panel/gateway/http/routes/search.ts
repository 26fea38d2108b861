// SPDX-License-Identifier: Apache-2.0
import { json, Router } from 'express';
import { PanelError } from '../../core/panel-error.ts';
import type { EmbedQuery, EmbedText, QueryStore, Search } from '../../core/ports.ts';
import { runSearch } from '../../core/run-search.ts';
import { parseSearchCommand } from '../../core/search-command.ts';
import { receiveUpload } from '../receive-upload.ts';

interface Deps {
  readonly search: Search;
  readonly embedQuery: EmbedQuery;
  readonly embedText: EmbedText;
  readonly queries: QueryStore;
  readonly defaultSpace: string;
  readonly maxUploadBytes: number;
}

/** `POST /api/search`: multipart with a `file`, or JSON. */
export function searchRoute(deps: Deps): Router {
  const { defaultSpace, maxUploadBytes } = deps;
  const router = Router();
  router.post('/search', json({ limit: '100kb' }), async (request, response) => {
    if (!request.is('multipart/form-data')) {
      if (!request.is('json'))
        throw new PanelError('PANEL_REQUEST_INVALID', 'POST /api/search takes JSON or multipart/form-data');
      const command = parseSearchCommand(request.body, { hasUpload: false, defaultSpace });
      response.json(await runSearch(deps, command));
      return;
    }
    const form = await receiveUpload(request, maxUploadBytes);
    try {
      if (!form.upload?.bytes) throw new PanelError('PANEL_UPLOAD_INVALID', 'The upload has no file, or an empty one');
      const command = parseSearchCommand(form.fields, { hasUpload: true, defaultSpace });
      response.json(await runSearch(deps, command, form.upload));
    } finally {
      await form.dispose();
    }
  });
  return router;
}
