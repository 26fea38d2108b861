// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startLoopbackServer } from './loopback-server.ts';

/** What the next `_bulk` request suffers. `done-reset` stores everything and then drops the connection. */
export type BulkFault =
  | { readonly kind: 'none' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'items'; readonly status: number; readonly every: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'done-reset' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'short-answer' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface BulkStandIn {
  readonly url: string;
  readonly index: string;
  readonly faults: BulkFault[];
  /** Stored version by id; a delete leaves its version with `deleted`. */
  readonly stored: Map<string, { readonly version: number; readonly isDeleted: boolean }>;
  /** Largest body accepted; larger ones are 413. */
  maxBytes: number;
  requests: number;
  stop(): Promise<void>;
}

interface Action {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly document: { readonly poison?: boolean } | undefined;
}

function parse(body: string): Action[] {
  const lines = body.split('\n').filter((line) => line !== '');
  const actions: Action[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [kind, meta] =
      Object.entries(JSON.parse(lines[i] ?? '{}') as Record<string, { _id: string; version?: number }>)[0] ?? [];
    const document = kind === 'delete' ? undefined : (JSON.parse(lines[++i] ?? '{}') as { poison?: boolean });
    actions.push({ kind: kind ?? '', id: meta?._id ?? '', version: meta?.version ?? 1, document });
  }
  return actions;
}

const REJECTED = { type: 'es_rejected_execution_exception', reason: 'rejected' };
const CONFLICT = { type: 'version_conflict_engine_exception', reason: 'version conflict' };
const MAPPER = { type: 'document_parsing_exception', reason: 'bad vector. Preview of invalid vector: [1.0, 2.0]' };

/** A loopback stand-in of `_bulk` that stores versions like the server and can be made to fail. */
export async function startBulkStandIn(): Promise<BulkStandIn> {
  const state = {
    index: 'earshot-audio-spectral-1-m1-000001',
    faults: [] as BulkFault[],
    stored: new Map<string, { version: number; isDeleted: boolean }>(),
    maxBytes: Number.POSITIVE_INFINITY,
    requests: 0,
  };
  function apply({ kind, id, version, document }: Action): object {
    const base = { _id: id, _index: state.index };
    const old = state.stored.get(id);
    if (document?.poison) return { [kind]: { ...base, status: 400, error: MAPPER } };
    if (old && old.version > version) return { [kind]: { ...base, status: 409, error: CONFLICT } };
    state.stored.set(id, { version, isDeleted: kind === 'delete' });
    const isMissing = kind === 'delete' && (!old || old.isDeleted);
    return { [kind]: { ...base, status: isMissing ? 404 : 200, result: isMissing ? 'not_found' : 'updated' } };
  }
  function applyAll(actions: readonly Action[], fault: BulkFault): object[] {
    return actions.map((action, i) =>
      fault.kind === 'items' && i % fault.every === 0
        ? { [action.kind]: { _id: action.id, _index: state.index, status: fault.status, error: REJECTED } }
        : apply(action),
    );
  }
  function store(body: string, fault: BulkFault): object {
    const items = applyAll(parse(body), fault);
    return { errors: false, items: fault.kind === 'short-answer' ? items.slice(1) : items };
  }
  function answer(body: Buffer, fault: BulkFault): { readonly status: number; readonly body: object } {
    const isTooLarge = body.length > state.maxBytes;
    if (fault.kind === 'status' || isTooLarge)
      return { status: fault.kind === 'status' ? fault.status : 413, body: { error: REJECTED } };
    return { status: 200, body: fault.kind === 'reset' ? {} : store(body.toString(), fault) };
  }
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    state.requests++;
    const fault = state.faults.shift() ?? { kind: 'none' };
    if (fault.kind === 'hang') return;
    if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const given = answer(body, fault);
    if (fault.kind === 'reset' || fault.kind === 'done-reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const headers = { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' };
    response.writeHead(given.status, headers).end(JSON.stringify(given.body));
  }
  return Object.assign(state, await startLoopbackServer(handle));
}
