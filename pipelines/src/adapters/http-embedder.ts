// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import type { ServiceInfo } from '@earshot/inference-service/contract';
import { EarshotError } from '../core/earshot-error.ts';
import { type Backoff, backoffMs, parseRetryAfter, pause } from '../core/retry-policy.ts';
import type { Embedder, EmbedFailure, EmbedOutcome, EmbedRequest } from '../ports/embedder.ts';
import { readEmbedAnswer, readErrorBody } from './embed-answer.ts';
import { networkReason } from './network-reason.ts';

interface Options {
  /** Base address, e.g. `http://127.0.0.1:8700`. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** How long a request may be retried before it counts as unavailable; default 120 s, interactive requests a tenth. */
  readonly retryForMs?: number;
  readonly backoff?: Backoff;
  /** Patience with an answer: this long plus a millisecond per 50 bytes; default 60 s. */
  readonly timeoutMs?: number;
}

interface Connection {
  readonly url: string;
  readonly authorization: Record<string, string>;
  readonly timeoutMs: number;
}

type Attempt =
  | { readonly kind: 'done'; readonly outcome: EmbedOutcome }
  | {
      readonly kind: 'retry';
      readonly code: string;
      readonly message: string;
      readonly afterMs?: number | undefined;
      /** An answer that rarely improves: three tries are enough. */
      readonly isServerFault?: boolean;
    };

const POISON = new Set([400, 413, 415, 422]);
const RETRY = new Set([408, 429, 503]);
const SERVER_FAULT_TRIES = 3;
const BYTES_PER_MS = 50;
/** fetch gives up on headers after five minutes by itself. */
const LONGEST_TIMEOUT_MS = 290_000;

function addressOf(base: string, request: EmbedRequest): URL {
  const url = new URL('v1/audio/embeddings', base.endsWith('/') ? base : `${base}/`);
  for (const model of request.models) url.searchParams.append('model', model);
  url.searchParams.set('encoding', 'base64');
  url.searchParams.set('segments', 'true');
  if (request.peaks) url.searchParams.set('peaks', String(request.peaks));
  const from = request.fromSeconds ?? 0;
  if (from > 0) url.searchParams.set('offset', String(from));
  if (request.toSeconds !== undefined) url.searchParams.set('duration', String(request.toSeconds - from));
  return url;
}

function stopError(status: number, code: string, message: string): EarshotError {
  if (status === 404 && code === 'model_not_found')
    return new EarshotError('SPACE_UNKNOWN', `The inference service does not serve it: ${message}`, {
      remedy: 'GET /info of the service lists its spaces; earshot doctor compares them with the settings.',
    });
  if (status === 404)
    return new EarshotError(
      'INFERENCE_UNAVAILABLE',
      `EARSHOT_INFERENCE_URL does not lead to an inference service: ${message}`,
    );
  return new EarshotError('INFERENCE_DENIED', `The inference service answered ${status}: ${message}`);
}

async function readAttempt(response: Response, request: EmbedRequest): Promise<Attempt> {
  if (response.ok) {
    const recordings = readEmbedAnswer(await response.json(), request.models);
    return { kind: 'done', outcome: { state: 'embedded', recordings, attempts: 0 } };
  }
  const { status } = response;
  const { code, message } = readErrorBody(await response.text(), status);
  if (POISON.has(status)) return { kind: 'done', outcome: { state: 'poison', code, message, attempts: 0 } };
  if (status < 500 && !RETRY.has(status)) throw stopError(status, code, message);
  const afterMs = parseRetryAfter(response.headers.get('retry-after'));
  return { kind: 'retry', code, message, afterMs, isServerFault: !RETRY.has(status) };
}

function infoError(url: string, cause: unknown): EarshotError {
  const message = `The inference service at ${url} does not answer: ${networkReason(cause)}`;
  return new EarshotError('INFERENCE_UNAVAILABLE', message, { cause });
}

async function readInfo(url: string, authorization: Record<string, string>): Promise<ServiceInfo> {
  const address = new URL('info', url.endsWith('/') ? url : `${url}/`);
  const response = await fetch(address, { headers: authorization, signal: AbortSignal.timeout(10_000) }).catch(
    (cause: unknown) => {
      throw infoError(url, cause);
    },
  );
  if (response.ok) return (await response.json()) as ServiceInfo;
  const { code, message } = readErrorBody(await response.text(), response.status);
  if (response.status < 500) throw stopError(response.status, code, message);
  throw new EarshotError('INFERENCE_UNAVAILABLE', `The inference service answered ${response.status}: ${message}`);
}

async function sendOnce(request: EmbedRequest, connection: Connection): Promise<Attempt> {
  const { url, authorization, timeoutMs } = connection;
  const patience = Math.min(timeoutMs + Math.ceil(request.length / BYTES_PER_MS), LONGEST_TIMEOUT_MS);
  const timeout = AbortSignal.timeout(patience);
  const body = request.open();
  try {
    const response = await fetch(addressOf(url, request), {
      method: 'POST',
      headers: {
        ...authorization,
        'content-type': 'application/octet-stream',
        'content-length': String(request.length),
        'x-earshot-priority': request.priority,
      },
      body: Readable.toWeb(body),
      duplex: 'half',
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    });
    return await readAttempt(response, request);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (error instanceof EarshotError) throw error;
    if (timeout.aborted)
      return { kind: 'retry', code: 'timeout', message: `no answer within ${Math.round(patience / 1000)} s` };
    return { kind: 'retry', code: 'connection_failed', message: networkReason(error) };
  } finally {
    body.destroy();
  }
}

/** The inference service over HTTP (`POST /v1/audio/embeddings`, `GET /info`). */
export function createHttpEmbedder(options: Options): Embedder {
  const backoff = options.backoff ?? { baseMs: 500, capMs: 15_000 };
  const authorization: Record<string, string> = options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {};
  const connection: Connection = { url: options.url, authorization, timeoutMs: options.timeoutMs ?? 60_000 };

  async function embed(request: EmbedRequest): Promise<EmbedOutcome> {
    const retryForMs = (options.retryForMs ?? 120_000) / (request.priority === 'interactive' ? 10 : 1);
    const deadline = Date.now() + retryForMs;
    let serverFaults = 0;
    for (let attempts = 1; ; attempts++) {
      const attempt = await sendOnce(request, connection);
      if (attempt.kind === 'done') return { ...attempt.outcome, attempts };
      if (attempt.isServerFault) serverFaults++;
      const wait = backoffMs(attempts, backoff, attempt.afterMs);
      if (serverFaults >= SERVER_FAULT_TRIES || Date.now() + wait > deadline) {
        const failure: EmbedFailure = { state: 'unavailable', code: attempt.code, message: attempt.message, attempts };
        return failure;
      }
      await pause(wait, request.signal);
    }
  }

  return { embed, info: () => readInfo(options.url, authorization) };
}
