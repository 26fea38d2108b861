// SPDX-License-Identifier: Apache-2.0

/** How a failure must be worded, by the route asked. */
export type DialectName = 'native' | 'openai' | 'tei' | 'kserve';

/** What kind of answer a success is. */
export type AnswerForm = 'audio' | 'embeddings' | 'embed' | 'infer' | 'any';

/** A request as bytes on a socket: it may say what no HTTP library would send. */
export interface FuzzRequest {
  /** For counting and for people. */
  readonly kind: string;
  readonly dialect: DialectName;
  readonly form: AnswerForm;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** Said instead of the true Content-Length. */
  readonly saidLength?: string;
  /** The client leaves after so many bytes of the whole request. */
  readonly abortAt?: number;
  /** The head may be refused by Node's HTTP parser, which answers without a body or not at all. */
  readonly isWireHostile?: boolean;
  /** `ok`: must be answered with 200; `refused`: must not. */
  readonly expect?: 'ok' | 'refused';
}

export function encodeRequest(request: FuzzRequest): Buffer {
  const { method, target, headers, body, saidLength } = request;
  const isBodyless = body.length === 0 && (method === 'GET' || method === 'HEAD');
  const length = saidLength ?? (isBodyless ? undefined : String(body.length));
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: fuzz.invalid',
    ...(length === undefined ? [] : [`Content-Length: ${length}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}
