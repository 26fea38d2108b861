// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import type { ApiKey } from '../core/key-ring.ts';
import type { Priority } from '../core/priority-lane.ts';
import { ServiceError } from '../core/service-error.ts';
import type { RequestTrace } from '../core/trace-port.ts';
import type { Dialect } from './route.ts';

/** What belongs to one request besides its content. */
export interface RequestContext {
  readonly id: string;
  readonly startedAt: number;
  readonly trace: RequestTrace;
  /** Set once a route has taken the request. */
  dialect: Dialect;
  key: ApiKey | undefined;
  /** Pattern of the route that took the request, for metrics. */
  route: string | undefined;
  /** Set where work for an embedding begins. */
  isWork: boolean;
  /** The catalogue code of the answer, for the log. */
  errorCode: string | undefined;
}

const CONTEXT = Symbol('request context');
const REQUEST_ID = /^[\w.:-]{1,128}$/;

type Carrier = Response & { [CONTEXT]?: RequestContext };

interface ContextStart {
  readonly dialect: Dialect;
  readonly trace: RequestTrace;
}

export function startContext(request: Request, response: Response, { dialect, trace }: ContextStart): RequestContext {
  const given = request.get('x-request-id');
  const context: RequestContext = {
    id: given !== undefined && REQUEST_ID.test(given) ? given : randomUUID(),
    startedAt: performance.now(),
    trace,
    dialect,
    key: undefined,
    route: undefined,
    isWork: false,
    errorCode: undefined,
  };
  (response as Carrier)[CONTEXT] = context;
  response.setHeader('X-Request-Id', context.id);
  response.setHeader('traceresponse', trace.headers.traceparent ?? '');
  return context;
}

export function contextOf(response: Response): RequestContext {
  const context = (response as Carrier)[CONTEXT];
  if (!context) throw new Error('startContext was not called for this request');
  return context;
}

/** Thrown where the client has gone: nobody is left to answer. Logged as 499. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

function timeoutOf(request: Request, maxMs: number): number {
  const header = request.get('x-request-timeout-ms');
  if (header === undefined) return maxMs;
  if (!/^\d{1,9}$/.test(header) || Number(header) === 0)
    throw new ServiceError('invalid_parameter', 'X-Request-Timeout-Ms must be a positive whole number', {
      param: 'X-Request-Timeout-Ms',
    });
  return Math.min(Number(header), maxMs);
}

function priorityOf(request: Request): Priority {
  const header = request.get('x-earshot-priority') ?? 'interactive';
  if (header === 'interactive' || header === 'bulk') return header;
  throw new ServiceError('invalid_parameter', 'X-Earshot-Priority must be interactive or bulk', {
    param: 'X-Earshot-Priority',
  });
}

export interface Work {
  readonly priority: Priority;
  /** `Cache-Control: no-cache` or `no-store`. */
  readonly isCacheBypassed: boolean;
  /** Aborts with ClientGone, or with deadline_exceeded. */
  readonly signal: AbortSignal;
  /** When the latter happens, on the clock of `performance.now()`. */
  readonly deadlineAt: number;
}

/** Priority and deadline of a request; work for it ends when the client leaves or the deadline passes. */
export function startWork(request: Request, response: Response, maxMs: number): Work {
  contextOf(response).isWork = true;
  const controller = new AbortController();
  const timeoutMs = timeoutOf(request, maxMs);
  const deadlineAt = performance.now() + timeoutMs;
  const timer = setTimeout(() => {
    controller.abort(new ServiceError('deadline_exceeded', `The request was not done within ${timeoutMs} ms`));
  }, timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) controller.abort(new ClientGone('the client closed the connection'));
  });
  const isCacheBypassed = /\bno-(cache|store)\b/i.test(request.get('cache-control') ?? '');
  return { priority: priorityOf(request), isCacheBypassed, signal: controller.signal, deadlineAt };
}
