// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { ERROR_KINDS, type ErrorCode } from '../contract/errors.ts';
import { ServiceError } from '../core/service-error.ts';
import { kserveDialect } from './kserve-dialect.ts';
import { nativeDialect, openAiDialect } from './openai-dialect.ts';
import { teiDialect } from './tei-dialect.ts';

const CODES = Object.keys(ERROR_KINDS) as ErrorCode[];
const failure = (code: ErrorCode): ServiceError => new ServiceError(code, 'Item 3 is odd.', { param: 'input[3]' });

test('every dialect tells what was wrong and what to do, once', () => {
  for (const code of CODES) {
    const text = `Item 3 is odd. ${ERROR_KINDS[code].remedy}`;
    expect(nativeDialect.serialise(failure(code)).body).toMatchObject({ error: { message: text, code } });
    expect(kserveDialect.serialise(failure(code)).body).toEqual({ error: text });
    expect(teiDialect.serialise(failure(code)).body).toMatchObject({ error: text, error_type: expect.any(String) });
  }
});

test('no failure gives a long quotation back', () => {
  const long = new ServiceError('model_not_found', `There is no space ${'x'.repeat(1_000_000)} here`);
  for (const dialect of [nativeDialect, openAiDialect, kserveDialect, teiDialect])
    expect(JSON.stringify(dialect.serialise(long).body).length).toBeLessThan(1000);
});

test('routes that Elasticsearch calls never answer 413, after which it would send half of the input again', () => {
  const statuses = CODES.flatMap((code) => [openAiDialect, teiDialect].map((d) => d.serialise(failure(code)).status));
  expect(statuses).not.toContain(413);
});

test.each([
  ['empty_input', 400, 'empty'],
  ['invalid_parameter', 422, 'validation'],
  ['audio_too_large', 422, 'validation'],
  ['undecodable_audio', 422, 'validation'],
  ['invalid_api_key', 401, 'validation'],
  ['model_not_found', 404, 'validation'],
  ['internal_error', 424, 'backend'],
  ['queue_full', 429, 'overloaded'],
  ['not_ready', 503, 'unhealthy'],
] as const)('text-embeddings-inference answers %s with %i and %s', (code, status, type) => {
  expect(teiDialect.serialise(failure(code))).toMatchObject({ status, body: { error_type: type } });
});
