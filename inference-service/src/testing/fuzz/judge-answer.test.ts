// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { ServiceError } from '../../core/service-error.ts';
import { nativeDialect } from '../../http/openai-dialect.ts';
import { teiDialect } from '../../http/tei-dialect.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { judgeAnswer } from './judge-answer.ts';
import { parseAnswer } from './parse-answer.ts';

const request: FuzzRequest = {
  kind: 'x',
  dialect: 'native',
  form: 'audio',
  method: 'POST',
  target: '/',
  headers: [],
  body: Buffer.alloc(0),
};
const tei: FuzzRequest = { ...request, dialect: 'tei', form: 'embed' };
const judge = (asked: FuzzRequest, status: number, body: unknown): string | undefined =>
  judgeAnswer(asked, { status, headers: new Map(), body: Buffer.from(JSON.stringify(body)) }).fault;

test('failures must be of the catalogue, in the form and with the status of the dialect', () => {
  const refused = nativeDialect.serialise(new ServiceError('not_audio', 'That is text'));
  expect(judge(request, refused.status, refused.body)).toBeUndefined();
  expect(judge(request, 400, refused.body)).toContain('not_audio with status 400');
  expect(judge(request, 415, { error: 'text' })).toContain('no failure in the form of native');
  const broken = teiDialect.serialise(new ServiceError('internal_error', 'Something'));
  expect(judge(tei, broken.status, broken.body)).toBe('internal_error');
  const leaky = nativeDialect.serialise(new ServiceError('invalid_json', 'at /a/node_modules/b'));
  expect(judge(request, leaky.status, leaky.body)).toContain('tells of its inside');
});

test('vectors must be finite, good requests served, disguises refused', () => {
  expect(judge(tei, 200, [[1, 2]])).toBeUndefined();
  expect(judge(tei, 200, [[1, null]])).toContain('not finite');
  expect(
    judge({ ...request, expect: 'ok' }, 400, nativeDialect.serialise(new ServiceError('invalid_json', '')).body),
  ).toContain('a good request was refused');
  expect(judge({ ...request, expect: 'refused' }, 200, { model: 'm', embedding: [1] })).toBe('was not refused');
});

test('answers are read in pieces, chunked or not, and interim ones passed over', () => {
  const text =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n';
  const options = { isHead: false, isEnded: false };
  expect(parseAnswer(Buffer.from(text.slice(0, -12)), options)).toBeUndefined();
  expect(parseAnswer(Buffer.from(text), options)?.body.toString()).toBe('abc');
  expect(parseAnswer(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'), options)?.status).toBe(204);
});
