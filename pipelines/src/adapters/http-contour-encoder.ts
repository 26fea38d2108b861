// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { EarshotError } from '../core/earshot-error.ts';
import { backoffMs, parseRetryAfter, pause } from '../core/retry-policy.ts';
import type { ContourEncoder } from '../ports/contour-encoder.ts';
import { readErrorBody } from './embed-answer.ts';
import { networkReason } from './network-reason.ts';

interface Options {
  /** Base address of the inference service. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly timeoutMs: number;
  /** Of a melody space. */
  readonly card: Card;
  /** From `GET /info`: vectors of another graph are refused. */
  readonly fingerprint: string;
}

/** Why there is no answer yet. */
interface Busy {
  readonly reason: string;
  readonly afterMs: number | undefined;
}

interface InferAnswer {
  readonly parameters?: { readonly fingerprint?: string };
  readonly outputs?: readonly { readonly shape?: readonly number[] }[];
}

const TRIES = 6;
const BACKOFF = { baseMs: 250, capMs: 5000 };
const BUSY = new Set([408, 429, 503]);
/** Name of the header that says how many bytes of a body are JSON: the protocol's own. */
const JSON_LENGTH = 'inference-header-content-length';

/** JSON and, behind it, the tensor: a hundred times less to parse than numbers in text. */
function bodyOf(contours: Float32Array, { input, points }: { readonly input: string; readonly points: number }) {
  const tensor = Buffer.from(contours.buffer, contours.byteOffset, contours.byteLength);
  const shape = [contours.length / points, points];
  const json = Buffer.from(
    JSON.stringify({
      parameters: { binary_data_output: true },
      inputs: [{ name: input, datatype: 'FP32', shape, parameters: { binary_data_size: tensor.length } }],
    }),
  );
  return { body: Buffer.concat([json, tensor]), jsonBytes: json.length };
}

const invalid = (problem: string): EarshotError =>
  new EarshotError('INFERENCE_ANSWER_INVALID', `The inference service's vectors of contours ${problem}`);

async function readVectors(response: Response, { card, fingerprint }: Options, count: number): Promise<Float32Array> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const jsonBytes = Number(response.headers.get(JSON_LENGTH));
  const answer = JSON.parse(bytes.toString('utf8', 0, jsonBytes)) as InferAnswer;
  if (answer.parameters?.fingerprint !== fingerprint)
    throw new EarshotError(
      'FINGERPRINT_MISMATCH',
      `${card.id} was ${fingerprint} when this began and is ${answer.parameters?.fingerprint} now`,
    );
  const expected = count * card.dims * Float32Array.BYTES_PER_ELEMENT;
  if (bytes.length - jsonBytes !== expected) throw invalid(`have ${bytes.length - jsonBytes} bytes, not ${expected}`);
  const vectors = new Float32Array(count * card.dims);
  bytes.copy(Buffer.from(vectors.buffer), 0, jsonBytes);
  if (!vectors.every(Number.isFinite)) throw invalid('are not finite');
  return vectors;
}

/** @throws EarshotError INFERENCE_DENIED when trying again would not help */
async function judge(response: Response): Promise<Response | Busy> {
  if (response.ok) return response;
  const { message } = readErrorBody(await response.text(), response.status);
  if (!BUSY.has(response.status))
    throw new EarshotError('INFERENCE_DENIED', `The inference service answered ${response.status}: ${message}`);
  return { reason: message, afterMs: parseRetryAfter(response.headers.get('retry-after')) };
}

/** The encoder of a melody space over HTTP: `POST /v2/models/{id}/infer` of the Open Inference Protocol, in binary. */
export function createHttpContourEncoder(options: Options): ContourEncoder {
  const { url, apiKey, timeoutMs, card } = options;
  if (!card.melody) throw new EarshotError('USAGE', `${card.id} is no melody space`);
  const encoder = card.melody.encoder;
  const address = new URL(`v2/models/${card.id}/infer`, url.endsWith('/') ? url : `${url}/`);

  async function send(contours: Float32Array, signal: AbortSignal): Promise<Response | Busy> {
    const { body, jsonBytes } = bodyOf(contours, encoder);
    const headers = {
      'content-type': 'application/octet-stream',
      [JSON_LENGTH]: String(jsonBytes),
      ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
    };
    try {
      const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      return await judge(await fetch(address, { method: 'POST', headers, body, signal: either }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof EarshotError) throw error;
      return { reason: networkReason(error), afterMs: undefined };
    }
  }

  return {
    encode: async (contours, signal) => {
      let reason = '';
      for (let attempt = 1; attempt <= TRIES; attempt++) {
        const answer = await send(contours, signal);
        if (answer instanceof Response) return readVectors(answer, options, contours.length / encoder.points);
        reason = answer.reason;
        await pause(backoffMs(attempt, BACKOFF, answer.afterMs), signal);
      }
      throw new EarshotError('INFERENCE_UNAVAILABLE', `Contours were not encoded by ${card.id}: ${reason}`);
    },
  };
}
