// SPDX-License-Identifier: Apache-2.0
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { ServiceError } from '../core/service-error.ts';
import type { AppDeps } from './app-deps.ts';
import { createAuthorise } from './authorise.ts';
import { createErrorHandler } from './error-handler.ts';
import { kserveDialect } from './kserve-dialect.ts';
import { createKeyLimit } from './limit-key.ts';
import { logRequests } from './log-requests.ts';
import { nativeDialect } from './openai-dialect.ts';
import { openApiDocument } from './openapi/openapi-document.ts';
import { contextOf } from './request-context.ts';
import type { Route } from './route.ts';
import { audioEmbeddingsRoute } from './routes/audio-embeddings.ts';
import { embedRoute } from './routes/embed.ts';
import { embeddingsRoute } from './routes/embeddings.ts';
import { healthRoutes } from './routes/health.ts';
import { infoRoute } from './routes/info.ts';
import { kserveHealthRoutes } from './routes/kserve-health.ts';
import { kserveInferRoutes } from './routes/kserve-infer.ts';
import { kserveMetadataRoutes } from './routes/kserve-metadata.ts';
import { metricsRoute } from './routes/metrics.ts';
import { modelsRoutes } from './routes/models.ts';
import { repositoryRoutes } from './routes/repository.ts';

function createRoutes(deps: AppDeps): Route[] {
  const routes = [
    audioEmbeddingsRoute(deps),
    embeddingsRoute(deps),
    embedRoute(deps),
    ...modelsRoutes(deps),
    ...healthRoutes(deps),
    infoRoute(deps),
    ...kserveHealthRoutes(deps),
    ...kserveMetadataRoutes(deps),
    ...kserveInferRoutes(deps),
    ...repositoryRoutes(deps),
    metricsRoute(deps),
  ];
  let document: object | undefined;
  const describe = (): object =>
    openApiDocument([...routes, openApi], { version: deps.version, isKeyNeeded: deps.keys !== undefined });
  const openApi: Route = {
    method: 'get',
    path: '/openapi.json',
    scope: null,
    dialect: nativeDialect,
    operation: {
      summary: 'This document',
      responses: {
        200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: { type: 'object' } } } },
      },
    },
    handle: (_request, response) => {
      document ??= describe();
      response.json(document);
    },
  };
  return [...routes, openApi];
}

function register(app: Express, route: Route, deps: AppDeps): void {
  const enter: RequestHandler = (_request, response, next) => {
    const context = contextOf(response);
    context.dialect = route.dialect;
    context.route = route.path;
    if (deps.isDraining()) {
      response.setHeader('Connection', 'close');
      if (route.scope === 'embed' || route.scope === 'admin')
        throw new ServiceError('not_ready', 'The service is shutting down');
    }
    next();
  };
  app[route.method](
    route.path,
    enter,
    createAuthorise(deps.keys, route.scope),
    createKeyLimit(deps.keyLimiter, route),
    (request: Request, response: Response) => route.handle(request, response),
  );
}

function createServing(deps: AppDeps, routes: readonly Route[]): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(logRequests(deps));
  app.use((request, response, next) => {
    response.once('close', deps.activeRequests.enter());
    // For what no route takes: unknown paths, and paths that cannot be decoded.
    if (request.path.startsWith('/v2/')) contextOf(response).dialect = kserveDialect;
    next();
  });
  for (const route of routes) register(app, route, deps);
  for (const [path, members] of Map.groupBy(routes, (route) => route.path))
    app.all(path, (request, response) => {
      const context = contextOf(response);
      context.dialect = members[0]?.dialect ?? nativeDialect;
      context.route = path;
      response.setHeader('Allow', members.map((route) => route.method.toUpperCase()).join(', '));
      throw new ServiceError('method_not_allowed', `${request.method} is not served at ${path}`);
    });
  app.use((request) => {
    throw new ServiceError('not_found', `There is no ${request.path.slice(0, 200)} here`);
  });
  app.use(createErrorHandler(deps.log));
  return app;
}

/** The HTTP side of the service; knows nothing of the environment. */
export const createApp = (deps: AppDeps): Express => createServing(deps, createRoutes(deps));

/** What only operators need, for a port of its own. */
export const createMetricsApp = (deps: AppDeps): Express =>
  createServing(deps, [metricsRoute(deps), ...healthRoutes(deps)]);
