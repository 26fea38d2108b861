// SPDX-License-Identifier: Apache-2.0

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const HEAD_END = '\r\n\r\n';

function parseHead(text: string): Omit<HttpAnswer, 'body'> {
  const [first = '', ...lines] = text.split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})( |$)/.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`no HTTP answer: ${first.slice(0, 100)}`);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { status, headers };
}

/** A chunked body put together; undefined while its end has not come. */
function unchunk(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
    if (at > bytes.length) return undefined;
  }
}

function bodyOf(rest: Buffer, { status, headers }: Omit<HttpAnswer, 'body'>, isEnded: boolean): Buffer | undefined {
  if (status === 204 || status === 304) return Buffer.alloc(0);
  if (headers.get('transfer-encoding') === 'chunked') return unchunk(rest);
  const length = headers.get('content-length');
  if (length === undefined) return isEnded || headers.get('connection') === 'close' ? rest : undefined;
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
}

interface ParseOptions {
  /** HEAD is answered without a body. */
  readonly isHead: boolean;
  /** The connection has ended: what is there is all. */
  readonly isEnded: boolean;
}

/**
 * The first answer on a connection, interim ones (1xx) passed over; undefined while it is not complete.
 * @throws Error when it is no HTTP
 */
export function parseAnswer(bytes: Buffer, options: ParseOptions): HttpAnswer | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = parseHead(bytes.toString('latin1', 0, headEnd));
  const rest = bytes.subarray(headEnd + HEAD_END.length);
  if (head.status < 200) return parseAnswer(rest, options);
  const body = options.isHead ? Buffer.alloc(0) : bodyOf(rest, head, options.isEnded);
  return body && { ...head, body };
}
