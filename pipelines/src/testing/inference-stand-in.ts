// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AudioEmbeddingResult, ServiceInfo } from '@earshot/inference-service/contract';
import { startLoopbackServer } from './loopback-server.ts';

/** What a test makes the next requests suffer; `answer` is the normal case. */
export type Fault =
  | { readonly kind: 'answer' }
  | { readonly kind: 'status'; readonly status: number; readonly code: string; readonly retryAfter?: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'early-status'; readonly status: number; readonly code: string }
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly ms: number };

export interface ServedSpace {
  readonly id: string;
  fingerprint: string;
  readonly dims: number;
  /** Words get the vector of a recording whose bytes they are. */
  readonly acceptsText?: boolean;
  /** What a melody space hears in a recording that begins with this text. */
  readonly hear?: (head: string) => Pick<AudioEmbeddingResult, 'status' | 'embedding' | 'segments' | 'outputs'>;
}

export interface InferenceStandIn {
  readonly url: string;
  readonly spaces: readonly ServedSpace[];
  /** Faults for the coming requests, first in first out; then every request is answered. */
  readonly faults: Fault[];
  /** Requests with a body, in order of arrival. */
  readonly requests: {
    readonly url: string;
    readonly bytes: number;
    /** Hex, of the bytes. */
    readonly sha256: string;
    readonly priority: string | undefined;
  }[];
  /** Called when a recording has come in and is not yet answered. */
  onRequest: (() => void) | undefined;
  stop(): Promise<void>;
}

/** What is kept of a recording: long ones pass without taking room. */
interface Received {
  readonly head: Buffer;
  readonly length: number;
  readonly sha256: Buffer;
}

const HEAD_BYTES = 4096;

async function receive(request: IncomingMessage): Promise<Received> {
  const hash = createHash('sha256');
  let head = Buffer.alloc(0);
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
    hash.update(chunk);
    length += chunk.length;
  }
  return { head, length, sha256: hash.digest() };
}

/** A unit vector that depends on the bytes only, so that equal content gives equal vectors. */
function vectorOf({ sha256 }: Received, salt: string, dims: number): Float32Array {
  const hash = createHash('sha256').update(salt).update(sha256).digest();
  const raw = Float32Array.from({ length: dims }, (_, i) => (hash[i % hash.length] ?? 0) - 127.5);
  const norm = Math.hypot(...raw);
  return raw.map((value) => value / norm);
}

const toBase64 = (vector: Float32Array): string => Buffer.from(vector.buffer).toString('base64');

/** Content decides: `SILENT` anywhere near the start is silence, `BROKEN` cannot be decoded, `TEXT` is no audio. */
function judge(body: Received): 'ready' | 'silent' | 'undecodable_audio' | 'not_audio' {
  const head = body.head.toString('latin1');
  if (head.includes('SILENT')) return 'silent';
  if (head.includes('BROKEN') || body.length === 0) return 'undecodable_audio';
  return head.includes('TEXT') ? 'not_audio' : 'ready';
}

function resultOf({ id: model, fingerprint, dims, hear }: ServedSpace, body: Received): AudioEmbeddingResult {
  const silent = judge(body) === 'silent';
  const segment = {
    start_ms: 0,
    end_ms: 2000,
    embedding: silent ? null : toBase64(vectorOf(body, `${model} first`, dims)),
  };
  return {
    model,
    fingerprint,
    dims,
    duration_ms: 2000,
    silent,
    status: silent ? 'silent' : 'ready',
    embedding: silent ? null : toBase64(vectorOf(body, model, dims)),
    segments: [segment],
    decode: {
      container: 'wav',
      codec: 'pcm_s16le',
      sample_rate_hz: 16_000,
      channels: 1,
      loudness_dbfs: silent ? null : -20,
      peaks: [0, 64, 127],
      truncated: false,
      warnings: [],
    },
    outputs: {},
    timing: { queue_ms: 0, decode_ms: 1, infer_ms: 1 },
    ...(silent ? {} : hear?.(body.head.toString('utf8'))),
  };
}

function sendJson(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

const errorBody = (code: string): object => ({
  error: { message: `made to fail: ${code}`, type: 'invalid_request_error', param: null, code },
});

function answer(response: ServerResponse, asked: readonly ServedSpace[], body: Received): void {
  const verdict = judge(body);
  const results = asked.map((space) => resultOf(space, body));
  if (verdict === 'undecodable_audio') sendJson(response, 422, errorBody(verdict));
  else if (verdict === 'not_audio') sendJson(response, 415, errorBody(verdict));
  else sendJson(response, 200, asked.length === 1 ? (results[0] ?? {}) : { results });
}

async function answerText(request: IncomingMessage, response: ServerResponse, spaces: readonly ServedSpace[]) {
  const { model, input } = JSON.parse(await text(request)) as { model: string; input: [{ value: string }] };
  const space = spaces.find(({ id }) => id === model);
  if (!space) return sendJson(response, 404, errorBody('model_not_found'));
  if (!space.acceptsText) return sendJson(response, 400, errorBody('model_does_not_embed_text'));
  const words = Buffer.from(input[0].value);
  if (words.length > 400) return sendJson(response, 400, errorBody('text_too_long'));
  const body = { head: words, length: words.length, sha256: createHash('sha256').update(words).digest() };
  const data = [{ object: 'embedding', index: 0, embedding: toBase64(vectorOf(body, model, space.dims)) }];
  return sendJson(response, 200, { object: 'list', model, fingerprint: space.fingerprint, data, usage: {} });
}

/** Whether the fault took care of the answer. */
function suffer(fault: Fault, request: IncomingMessage, response: ServerResponse): boolean {
  if (fault.kind === 'answer' || fault.kind === 'delay') return false;
  if (fault.kind === 'reset') request.socket.resetAndDestroy();
  if (fault.kind === 'status')
    sendJson(
      response,
      fault.status,
      errorBody(fault.code),
      fault.retryAfter ? { 'retry-after': fault.retryAfter } : {},
    );
  return true;
}

const infoOf = (spaces: readonly ServedSpace[]): ServiceInfo => ({
  version: '0.0.0-stand-in',
  spaces: spaces.map(({ acceptsText = false, hear: _, ...space }) => ({
    ...space,
    similarity: 'cosine',
    sample_rate_hz: 16_000,
    window_ms: 2000,
    hop_ms: 1000,
    accepts_text: acceptsText,
    has_track_vector: true,
    licence: 'Apache-2.0',
  })),
  ep: { live: 'cpu', tried: [] },
  ffmpeg: { version: 'none', source: 'none', refuses: [] },
  limits: { max_audio_seconds: 600, max_upload_bytes: 1e8, max_concurrent_decodes: 2, max_queue_windows: 64 },
});

/** The spaces that a request names; undefined when one of them is not served. */
function askedOf(spaces: readonly ServedSpace[], url: URL): ServedSpace[] | undefined {
  const asked = url.searchParams.getAll('model').map((model) => spaces.find(({ id }) => id === model));
  return asked.every((space) => space !== undefined) ? asked : undefined;
}

/** A loopback stand-in of the inference service that can be made to fail: for faults the real one cannot be made to show. */
export async function startInferenceStandIn(spaces: readonly ServedSpace[]): Promise<InferenceStandIn> {
  const state = {
    spaces,
    faults: [] as Fault[],
    requests: [] as InferenceStandIn['requests'],
    onRequest: undefined as InferenceStandIn['onRequest'],
  };
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    if (url.pathname === '/v1/audio/embeddings') return answerAudio(request, response, url);
    if (url.pathname === '/v1/embeddings') return answerText(request, response, spaces);
    return url.pathname === '/info'
      ? sendJson(response, 200, infoOf(spaces))
      : sendJson(response, 404, errorBody('not_found'));
  }
  async function answerAudio(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const fault = state.faults.shift() ?? { kind: 'answer' };
    if (fault.kind === 'early-status') {
      request.resume();
      return sendJson(response, fault.status, errorBody(fault.code), { connection: 'close' });
    }
    const body = await receive(request);
    const priority = request.headers['x-earshot-priority'];
    state.requests.push({
      url: `${url.pathname}${url.search}`,
      bytes: body.length,
      sha256: body.sha256.toString('hex'),
      priority: String(priority),
    });
    state.onRequest?.();
    const asked = askedOf(spaces, url);
    if (!asked) return sendJson(response, 404, errorBody('model_not_found'));
    if (fault.kind === 'delay') await sleep(fault.ms);
    if (!suffer(fault, request, response)) answer(response, asked, body);
  }
  return Object.assign(state, await startLoopbackServer(handle));
}
