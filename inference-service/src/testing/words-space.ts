// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '@earshot/models';
import { encodeModel, toBytes } from '@earshot/models/build';
import { BYTE_TOKENS, byteTokenizer, textGraph } from '@earshot/models/testing';
import { openTextSession } from '@earshot/models/text';
import { writeTinySpace } from './tiny-space.ts';

const DIMS = 8;
const GOLDEN = 'a dog in the rain';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes the tiny space once more as `words-1`, which embeds words of at most 16 tokens too. */
export async function writeWordsSpace(dir: string): Promise<Card> {
  mkdirSync(dir, { recursive: true });
  const graph = toBytes(encodeModel(textGraph({ vocabulary: BYTE_TOKENS, dims: DIMS })));
  const tokenizer = new TextEncoder().encode(JSON.stringify(byteTokenizer()));
  const part = {
    graph: { file: 'words-1.text.onnx', sha256: sha256(graph), precision: 'fp32' as const },
    input: { ids: 'input_ids', mask: 'attention_mask' },
    output: { tensor: 'text_embeds', normalised: false },
    tokenizer: { file: 'words-1.tokenizer', sha256: sha256(tokenizer), padToken: '<pad>' },
    maxTokens: 16,
  };
  writeFileSync(join(dir, part.graph.file), graph);
  writeFileSync(join(dir, part.tokenizer.file), tokenizer);
  const session = await openTextSession({ dims: DIMS, text: part }, { graph, tokenizer }, {});
  const { vectors } = await session.run([GOLDEN]);
  await session.release();
  const text = { ...part, golden: [{ text: GOLDEN, embedding: [...vectors], minCosine: 0.9999 }] };
  return writeTinySpace(dir, { id: 'words-1', model: 'words', acceptsText: true, text });
}
