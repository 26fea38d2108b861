// SPDX-License-Identifier: Apache-2.0
import { convertRequests } from '@elastic/request-converter';
import { json, Router } from 'express';
import { z } from 'zod';
import type { SnippetAnswer } from '../../../contract/answers.ts';
import { PanelError } from '../../core/panel-error.ts';

const bodySchema = z.strictObject({
  language: z.enum(['curl', 'javascript', 'python']),
  /** A request as Dev Tools shows it. */
  source: z.string().min(1).max(100_000),
});

/** `POST /api/snippet`: a Dev Tools request as curl, JavaScript or Python; without credentials. */
export function snippetRoute(elasticsearchUrl: string): Router {
  const router = Router();
  const { origin } = new URL(elasticsearchUrl);
  router.post('/snippet', json({ limit: '200kb' }), async (request, response) => {
    const parsed = bodySchema.safeParse(request.body);
    if (!parsed.success) throw new PanelError('PANEL_REQUEST_INVALID', z.prettifyError(parsed.error));
    const { language, source } = parsed.data;
    const code = await convertRequests(source, language, { complete: true, elasticsearchUrl: origin }).catch(
      (cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new PanelError('PANEL_REQUEST_INVALID', `The request cannot be converted to ${language}: ${why}`, {
          cause,
        });
      },
    );
    if (typeof code !== 'string')
      throw new PanelError('PANEL_REQUEST_INVALID', `The request cannot be converted to ${language}`);
    const answer: SnippetAnswer = { language, code };
    response.json(answer);
  });
  return router;
}
