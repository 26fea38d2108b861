// SPDX-License-Identifier: Apache-2.0
import { ERROR_KINDS, type ErrorCode } from '../../contract/errors.ts';
import type { AnswerForm, DialectName, FuzzRequest } from './fuzz-request.ts';
import type { HttpAnswer } from './parse-answer.ts';

/** What an answer was, for counting, and what is wrong with it. */
export interface Verdict {
  readonly label: string;
  readonly fault?: string;
}

/** Given by Node's HTTP parser, before the service sees the request. */
const PARSER_STATUSES = [400, 408, 413, 417, 431];
const LEAKS = /node_modules|\n\s+at |\.ts:\d+|\/dev\/shm|earshot-spool|ffmpeg/;
/** A failure does not give back what was sent to it. */
const MOST_ERROR_BYTES = 3000;
const CODES = Object.keys(ERROR_KINDS) as ErrorCode[];

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isVector = (value: unknown): boolean =>
  typeof value === 'string'
    ? isFiniteBase64(value)
    : Array.isArray(value) && value.length > 0 && value.every((number) => Number.isFinite(number));

function isFiniteBase64(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return false;
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4)).every(Number.isFinite);
}

/** The code is in OpenAI's form; the others end their text with the remedy, which tells it. */
function codeOf(body: unknown, dialect: DialectName): { readonly code?: string; readonly message: string } {
  if (!isRecord(body)) return { message: '' };
  if (dialect === 'native' || dialect === 'openai') {
    const { error } = body;
    if (!isRecord(error) || typeof error.type !== 'string') return { message: '' };
    return { code: String(error.code), message: String(error.message) };
  }
  const message = typeof body.error === 'string' ? body.error : '';
  if (dialect === 'tei' && typeof body.error_type !== 'string') return { message };
  const code = CODES.find((known) => message.endsWith(ERROR_KINDS[known].remedy));
  return code === undefined ? { message } : { code, message };
}

function judgeFailure({ status, body }: HttpAnswer, dialect: DialectName): Verdict {
  if (body.length > MOST_ERROR_BYTES) return { label: `${status} long`, fault: `a failure of ${body.length} bytes` };
  const parsed = JSON.parse(body.toString()) as unknown;
  if (isRecord(parsed) && parsed.ready === false && status === 503) return { label: '503 not ready' };
  const { code, message } = codeOf(parsed, dialect);
  const label = `${status} ${code ?? '?'}`;
  if (code === undefined || !Object.hasOwn(ERROR_KINDS, code))
    return { label, fault: `no failure in the form of ${dialect}: ${body.toString().slice(0, 300)}` };
  const kind = ERROR_KINDS[code as ErrorCode];
  if (code === 'internal_error') return { label, fault: 'internal_error' };
  if (status >= 500 && status !== 503) return { label, fault: 'status 5xx' };
  if (dialect !== 'tei' && kind.status !== status && !(dialect === 'openai' && kind.status === 413))
    return { label, fault: `${code} with status ${status}` };
  return LEAKS.test(message) ? { label, fault: `tells of its inside: ${message}` } : { label };
}

/** What is wrong with one recording's result; in lines the segments stand elsewhere. */
function resultFault(result: unknown, isLines: boolean): string | undefined {
  if (!isRecord(result) || typeof result.model !== 'string') return 'a result without model';
  const { embedding, status, segments } = result;
  if (embedding === null) return status === 'ready' && !isLines && !segments ? 'ready without a vector' : undefined;
  return isVector(embedding)
    ? undefined
    : `embedding ${JSON.stringify(embedding)?.slice(0, 100)} with status ${String(status)}`;
}

const firstFault = (results: readonly unknown[], isLines: boolean): string | undefined =>
  results.length === 0
    ? 'no result'
    : results.map((result) => resultFault(result, isLines)).find((fault) => fault !== undefined);

function linesFault(text: string): string | undefined {
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const last = lines.at(-1);
  if (!isRecord(last) || last.error === undefined)
    return firstFault(
      lines.filter((line) => isRecord(line) && line.event === 'summary'),
      true,
    );
  const { code } = codeOf(last, 'native');
  return CODES.some((known) => known === code && code !== 'internal_error')
    ? undefined
    : `last line ${JSON.stringify(last)}`;
}

function audioFault({ headers, body }: HttpAnswer): string | undefined {
  if (headers.get('content-type')?.includes('ndjson')) return linesFault(body.toString());
  const parsed = JSON.parse(body.toString()) as unknown;
  return firstFault(isRecord(parsed) && Array.isArray(parsed.results) ? parsed.results : [parsed], false);
}

function inferFault({ headers, body }: HttpAnswer): string | undefined {
  const said = headers.get('inference-header-content-length');
  const jsonBytes = said === undefined ? body.length : Number(said);
  const { outputs } = JSON.parse(body.toString('utf8', 0, jsonBytes)) as { outputs?: readonly Json[] };
  const vectors = said === undefined ? outputs?.[0]?.data : body.subarray(jsonBytes).toString('base64');
  return isVector(vectors) ? undefined : 'vectors that are not finite';
}

function successFault(answer: HttpAnswer, form: AnswerForm): string | undefined {
  if (form === 'audio') return audioFault(answer);
  if (form === 'infer') return inferFault(answer);
  if (form === 'any') return undefined;
  const parsed = JSON.parse(answer.body.toString()) as unknown;
  const list = form === 'embed' ? parsed : isRecord(parsed) ? parsed.data : undefined;
  if (!Array.isArray(list)) return 'no list of vectors';
  const vectors: unknown[] = form === 'embed' ? list : list.map((item: Json) => item.embedding);
  return vectors.every(isVector) ? undefined : 'vectors that are not finite';
}

function judgeForm(request: FuzzRequest, answer: HttpAnswer): Verdict {
  const { status, body } = answer;
  if (request.method === 'HEAD') return { label: `${status} head`, ...(status === 500 ? { fault: 'status 5xx' } : {}) };
  if (status >= 400) {
    if (body.length === 0 && request.isWireHostile === true && PARSER_STATUSES.includes(status))
      return { label: `${status} HTTP parser` };
    return judgeFailure(answer, request.dialect);
  }
  const fault = successFault(answer, request.form);
  return { label: String(status), ...(fault === undefined ? {} : { fault }) };
}

/** Whether the service may answer so, whatever it was asked. */
export function judgeAnswer(request: FuzzRequest, answer: HttpAnswer): Verdict {
  try {
    const verdict = judgeForm(request, answer);
    if (verdict.fault !== undefined) return verdict;
    if (request.expect === 'ok' && answer.status !== 200)
      return { ...verdict, fault: `a good request was refused: ${answer.body.toString().slice(0, 300)}` };
    if (request.expect === 'refused' && answer.status < 400) return { ...verdict, fault: 'was not refused' };
    return verdict;
  } catch (error) {
    return { label: `${answer.status} unreadable`, fault: `${String(error)}: ${answer.body.toString().slice(0, 200)}` };
  }
}
