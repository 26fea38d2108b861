// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { embeddingsRequest } from './openapi/openai-schemas.ts';
import { parseFields } from './parse-fields.ts';

test('a missing field and a body that is no object are told in words of ours', () => {
  expect(() => parseFields(embeddingsRequest, { model: 'a' })).toThrow('input: is missing');
  expect(() => parseFields(embeddingsRequest, [])).toThrow('body: must be a JSON object');
  expect(() => parseFields(embeddingsRequest, { model: 1, input: '' })).toThrow('model: must name a space');
});
