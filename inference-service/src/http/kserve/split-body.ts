// SPDX-License-Identifier: Apache-2.0
import { ServiceError } from '../../core/service-error.ts';
import { MOST_JSON_BYTES } from '../read-body.ts';

/** Name of the header that says how many bytes of the body are JSON; tensors follow. */
export const JSON_LENGTH_HEADER = 'Inference-Header-Content-Length';

export interface InferBody {
  /** The parsed JSON; undefined when the body is one raw tensor. */
  readonly json: unknown;
  /** What follows the JSON; undefined when the request has no binary part. */
  readonly binary: Buffer | undefined;
}

const wrongHeader = (problem: string): ServiceError =>
  new ServiceError('invalid_parameter', `${JSON_LENGTH_HEADER}: ${problem}`, { param: JSON_LENGTH_HEADER });

function parseJson(bytes: Buffer): unknown {
  if (bytes.length > MOST_JSON_BYTES)
    throw new ServiceError(
      'audio_too_large',
      `The JSON has ${bytes.length} bytes, of ${MOST_JSON_BYTES} allowed: send tensors in binary`,
    );
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    throw new ServiceError('invalid_json', 'The body is not valid JSON', { cause });
  }
}

/**
 * Takes the body of an inference request apart: JSON alone, JSON and tensors, or (length 0) one raw tensor.
 * @param lengthHeader value of `Inference-Header-Content-Length`
 * @throws ServiceError invalid_parameter, invalid_json, audio_too_large
 */
export function splitBody(body: Buffer, lengthHeader: string | undefined): InferBody {
  if (lengthHeader === undefined) return { json: parseJson(body), binary: undefined };
  if (!/^\d{1,15}$/.test(lengthHeader)) throw wrongHeader('must be a whole number of bytes');
  const jsonBytes = Number(lengthHeader);
  if (jsonBytes > body.length) throw wrongHeader(`says ${jsonBytes} bytes, but the body has ${body.length}`);
  if (jsonBytes === 0) return { json: undefined, binary: body };
  return { json: parseJson(body.subarray(0, jsonBytes)), binary: body.subarray(jsonBytes) };
}
