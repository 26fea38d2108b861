// SPDX-License-Identifier: Apache-2.0
import express, { type Express } from 'express';
import type { Logger } from 'pino';
import { PanelError } from './core/panel-error.ts';
import type { AudioSource, EmbedQuery, EmbedText, QueryStore, ReadStatus, Search, TrackStore } from './core/ports.ts';
import { createBasicAuth } from './http/basic-auth.ts';
import { createErrorHandler } from './http/error-handler.ts';
import { refuseCrossSite } from './http/refuse-cross-site.ts';
import { audioRoute } from './http/routes/audio.ts';
import { queriesRoute } from './http/routes/queries.ts';
import { searchRoute } from './http/routes/search.ts';
import { snippetRoute } from './http/routes/snippet.ts';
import { statusRoute } from './http/routes/status.ts';
import { tracksRoute } from './http/routes/tracks.ts';
import { securityHeaders } from './http/security-headers.ts';

export interface AppDeps {
  readonly search: Search;
  readonly embedQuery: EmbedQuery;
  readonly embedText: EmbedText;
  readonly queries: QueryStore;
  readonly tracks: TrackStore;
  readonly audio: AudioSource;
  readonly readStatus: ReadStatus;
  readonly log: Logger;
  readonly defaultSpace: string;
  readonly maxUploadBytes: number;
  /** For snippets only; credentials in it are dropped. */
  readonly elasticsearchUrl: string;
  /** `user:password`; without it anyone who reaches the port may search. */
  readonly credentials?: string | undefined;
  /** Folder of the built page. */
  readonly pageDir: string;
}

/** The gateway: API under /api, the page under /. Knows nothing of the environment. */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(securityHeaders);
  if (deps.credentials) app.use(createBasicAuth(deps.credentials));
  app.use(refuseCrossSite);
  app.use(
    '/api',
    statusRoute(deps.readStatus),
    searchRoute(deps),
    queriesRoute(deps.queries),
    tracksRoute(deps.tracks, deps.defaultSpace),
    audioRoute(deps),
    snippetRoute(deps.elasticsearchUrl),
  );
  app.use('/assets', express.static(`${deps.pageDir}/assets`, { immutable: true, maxAge: '365d', fallthrough: true }));
  app.use(express.static(deps.pageDir, { index: 'index.html', cacheControl: true, maxAge: 0 }));
  app.use((request) => {
    throw new PanelError('PANEL_ROUTE_UNKNOWN', `There is no ${request.method} ${request.path}`);
  });
  app.use(createErrorHandler(deps.log));
  return app;
}
