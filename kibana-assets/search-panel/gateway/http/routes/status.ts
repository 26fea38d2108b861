// SPDX-License-Identifier: Apache-2.0
import { Router } from 'express';
import type { ReadStatus } from '../../core/ports.ts';

/** `GET /api/status`: how each part is. Always 200; the parts say themselves what is wrong. */
export function statusRoute(readStatus: ReadStatus): Router {
  const router = Router();
  router.get('/status', async (_request, response) => {
    response.json(await readStatus());
  });
  return router;
}
