// SPDX-License-Identifier: Apache-2.0
import * as http from 'node:http';
import * as https from 'node:https';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoopbackServer } from './loopback-server.ts';

/** One request to Elasticsearch on its way. */
export interface PassingRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly body: Buffer;
}

/** What a request suffers on its way. */
export type PassingFault =
  /** Answered here; the server sees nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: object;
    }
  | { readonly kind: 'reset' }
  /** The server does it, the caller never learns. */
  | { readonly kind: 'reset-after' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Another body goes on, and another answer comes back. */
  | { readonly kind: 'rewrite'; readonly body: Buffer; readonly answer: (body: Buffer) => Buffer };

export interface ElasticsearchProxy {
  readonly url: string;
  /** Decides what a request suffers. */
  fault: ((request: PassingRequest) => PassingFault | undefined) | undefined;
  /** Called when a request has come in, and when its answer has come back but is not yet passed on. */
  onRequest: ((request: PassingRequest) => void) | undefined;
  onAnswer: ((request: PassingRequest) => void) | undefined;
  /** Resolves when nothing is on its way any more. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

const HOP_BY_HOP = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding', 'content-length']);
const endToEnd = (headers: http.IncomingMessage['headers']): http.IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingMessage['headers'];
  readonly body: Buffer;
}

function forward(
  target: URL,
  agent: http.Agent,
  asked: PassingRequest,
  headers: http.IncomingMessage['headers'],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request } = target.protocol === 'https:' ? https : http;
    const outgoing = request(
      new URL(asked.path, target),
      { method: asked.method, agent, headers: { ...headers, 'content-length': asked.body.length } },
      (response) => {
        buffer(response).then(
          (body) => resolve({ status: response.statusCode ?? 500, headers: endToEnd(response.headers), body }),
          reject,
        );
      },
    );
    outgoing.once('error', reject);
    outgoing.end(asked.body);
  });
}

/** Whether the request ends here. */
async function suffer(fault: PassingFault, response: http.ServerResponse): Promise<boolean> {
  if (fault.kind === 'delay') await sleep(fault.ms);
  if (fault.kind === 'reset') response.socket?.resetAndDestroy();
  if (fault.kind === 'answer')
    response
      .writeHead(fault.status, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
        ...fault.headers,
      })
      .end(JSON.stringify(fault.body ?? { error: { type: 'made_up', reason: 'a fault of the test' } }));
  return fault.kind === 'reset' || fault.kind === 'answer' || fault.kind === 'hang';
}

/** Stands before a real Elasticsearch and sees everything that passes; a caller that dies does not stop its request. */
export async function startElasticsearchProxy(target: string): Promise<ElasticsearchProxy> {
  const agent = new (target.startsWith('https:') ? https : http).Agent({ keepAlive: true });
  const underWay = new Set<Promise<void>>();
  const hooks: Pick<ElasticsearchProxy, 'onRequest' | 'onAnswer' | 'fault'> = {
    onRequest: undefined,
    onAnswer: undefined,
    fault: undefined,
  };

  async function pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const asked = { method: request.method ?? 'GET', path: request.url ?? '/', body: await buffer(request) };
    hooks.onRequest?.(asked);
    const fault = hooks.fault?.(asked);
    if (fault && (await suffer(fault, response))) return;
    const sent = fault?.kind === 'rewrite' ? { ...asked, body: fault.body } : asked;
    const { status, headers, body } = await forward(new URL(target), agent, sent, endToEnd(request.headers));
    hooks.onAnswer?.(asked);
    if (fault?.kind === 'reset-after') {
      request.socket.resetAndDestroy();
      return;
    }
    const passed = fault?.kind === 'rewrite' ? fault.answer(body) : body;
    response.writeHead(status, { ...headers, 'content-length': passed.length }).end(passed);
  }

  const server = await startLoopbackServer(async (request, response) => {
    const passing = pass(request, response);
    underWay.add(passing);
    await passing.finally(() => underWay.delete(passing));
  });
  return Object.assign(hooks, {
    url: server.url,
    idle: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
    stop: async () => {
      await server.stop();
      agent.destroy();
    },
  });
}
