// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTextEncoder } from './text-encoder.ts';

interface Golden {
  readonly tokenizer: object;
  readonly cases: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

/** Made by models/bench/python/byte_tokenizer.py. */
const { tokenizer, cases }: Golden = JSON.parse(
  readFileSync(join(import.meta.dirname, 'golden/byte-level-bpe.json'), 'utf8'),
);

test(`${cases.length} odd strings become the numbers that Hugging Face's own library gives them`, async () => {
  const bytes = new TextEncoder().encode(JSON.stringify(tokenizer));
  const part = { file: 'x.tokenizer', sha256: '', padToken: '<pad>' };
  const encoder = await createTextEncoder(bytes, { maxTokens: 8192, tokenizer: part });
  for (const { text, ids } of cases) expect([...encoder.encode([text]).ids].map(Number), text).toEqual(ids);
});
