// SPDX-License-Identifier: Apache-2.0
import { json, text as readText } from 'node:stream/consumers';
import type { ServiceInfo } from '@earshot/inference-service/contract';
import { EarshotError } from '../core/earshot-error.ts';
import { type Backoff, backoffMs, parseRetryAfter, pause } from '../core/retry-policy.ts';
import type {
  EmbeddedText,
  Embedder,
  EmbedFailure,
  EmbedOutcome,
  EmbedRequest,
  EmbedTextRequest,
} from '../ports/embedder.ts';
import { readEmbedAnswer, readErrorBody, readTextAnswer } from './embed-answer.ts';
import { networkReason } from './network-reason.ts';
import { postRecording } from './post-recording.ts';

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

type Attempt<Embedded> =
  | { readonly kind: 'done'; readonly outcome: Embedded | EmbedFailure }
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
  if (request.inputType) url.searchParams.set('input_type', request.inputType);
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

/** What an exchange needs of an answer, whichever client brought it. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null | undefined;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

async function readAttempt<Embedded>(answer: Answer, read: (body: unknown) => Embedded): Promise<Attempt<Embedded>> {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'done', outcome: read(await answer.json()) };
  const { code, message } = readErrorBody(await answer.text(), status);
  if (POISON.has(status)) return { kind: 'done', outcome: { state: 'poison', code, message, attempts: 0 } };
  if (status < 500 && !RETRY.has(status)) throw stopError(status, code, message);
  const afterMs = parseRetryAfter(answer.retryAfter);
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

interface Sending<Embedded> {
  readonly patienceMs: number;
  readonly signal: AbortSignal | undefined;
  /** Sends once and hands the answer on, cleaning up only when that has been read. */
  readonly exchange: <T>(signal: AbortSignal, take: (answer: Answer) => Promise<T>) => Promise<T>;
  readonly read: (body: unknown) => Embedded;
}

async function sendOnce<Embedded>(sending: Sending<Embedded>): Promise<Attempt<Embedded>> {
  const { patienceMs, signal, exchange, read } = sending;
  const timeout = AbortSignal.timeout(patienceMs);
  try {
    const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
    return await exchange(either, (answer) => readAttempt(answer, read));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EarshotError) throw error;
    if (timeout.aborted)
      return { kind: 'retry', code: 'timeout', message: `no answer within ${Math.round(patienceMs / 1000)} s` };
    return { kind: 'retry', code: 'connection_failed', message: networkReason(error) };
  }
}

function sendRecording(request: EmbedRequest, { url, authorization, timeoutMs }: Connection): Sending<EmbedOutcome> {
  return {
    patienceMs: Math.min(timeoutMs + Math.ceil(request.length / BYTES_PER_MS), LONGEST_TIMEOUT_MS),
    signal: request.signal,
    exchange: (signal, take) => {
      const headers = {
        ...authorization,
        'content-type': 'application/octet-stream',
        'content-length': String(request.length),
        'x-earshot-priority': request.priority,
      };
      return postRecording(addressOf(url, request), { headers, body: request.open(), signal }, (answer) =>
        take({
          status: answer.statusCode ?? 0,
          retryAfter: answer.headers['retry-after'],
          json: () => json(answer),
          text: () => readText(answer),
        }),
      );
    },
    read: (body) => ({ state: 'embedded', recordings: readEmbedAnswer(body, request.models), attempts: 0 }),
  };
}

function sendText(
  { text, model, signal: cancelled }: EmbedTextRequest,
  { url, authorization, timeoutMs }: Connection,
): Sending<EmbeddedText> {
  return {
    patienceMs: timeoutMs,
    signal: cancelled,
    exchange: async (signal, take) => {
      const response = await fetch(new URL('v1/embeddings', url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        headers: { ...authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ model, input: [{ type: 'text', value: text }], encoding_format: 'base64' }),
        signal,
      });
      return take({
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        json: () => response.json(),
        text: () => response.text(),
      });
    },
    read: (body) => ({ state: 'embedded', ...readTextAnswer(body, model), attempts: 0 }),
  };
}

/** The inference service over HTTP (`POST /v1/audio/embeddings`, `POST /v1/embeddings` for words, `GET /info`). */
export function createHttpEmbedder(options: Options): Embedder {
  const backoff = options.backoff ?? { baseMs: 500, capMs: 15_000 };
  const authorization: Record<string, string> = options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {};
  const connection: Connection = { url: options.url, authorization, timeoutMs: options.timeoutMs ?? 60_000 };

  async function persist<Embedded extends object>(
    sending: Sending<Embedded>,
    priority: EmbedRequest['priority'],
  ): Promise<Embedded | EmbedFailure> {
    const retryForMs = (options.retryForMs ?? 120_000) / (priority === 'interactive' ? 10 : 1);
    const deadline = Date.now() + retryForMs;
    let serverFaults = 0;
    for (let attempts = 1; ; attempts++) {
      const attempt = await sendOnce(sending);
      if (attempt.kind === 'done') return { ...attempt.outcome, attempts };
      if (attempt.isServerFault) serverFaults++;
      const wait = backoffMs(attempts, backoff, attempt.afterMs);
      if (serverFaults >= SERVER_FAULT_TRIES || Date.now() + wait > deadline) {
        const failure: EmbedFailure = { state: 'unavailable', code: attempt.code, message: attempt.message, attempts };
        return failure;
      }
      await pause(wait, sending.signal);
    }
  }

  return {
    embed: (request) => persist(sendRecording(request, connection), request.priority),
    embedText: (request) => persist(sendText(request, connection), 'interactive'),
    info: () => readInfo(options.url, authorization),
  };
}
