// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { encodeModel } from '../build/onnx/encode-model.ts';
import { toBytes } from '../build/onnx/wire.ts';
import { BYTE_TOKENS, byteTokenizer } from '../importers/testing/byte-tokenizer.ts';
import { textGraph } from '../importers/testing/text-graph.ts';
import { createTextEncoder } from './text-encoder.ts';
import { openTextSession } from './text-session.ts';

const bytesOf = (tokenizer: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(tokenizer));
const TOKENIZER = { file: 'x.tokenizer', sha256: '0'.repeat(64), padToken: '<pad>' };
const encoder = (tokenizer: unknown, maxTokens = 16) =>
  createTextEncoder(bytesOf(tokenizer), { maxTokens, tokenizer: TOKENIZER });

describe('the tokenizer', () => {
  test('wraps a text in the tokens of the file and fills rows up with the padding token', async () => {
    const { encode } = await encoder(byteTokenizer());
    const { rows, width, ids, mask, counts } = encode(['dog', 'a dog']);
    const dog = 261;
    expect(byteTokenizer()).toHaveProperty(['model', 'vocab', 'dog'], dog);
    expect({ rows, width, counts }).toEqual({ rows: 2, width: 4, counts: [3, 4] });
    expect(ids).toEqual(BigInt64Array.of(0n, BigInt(dog), 2n, 1n, 0n, 4n + 97n, BigInt(dog + 1), 2n));
    expect(mask).toEqual(BigInt64Array.of(1n, 1n, 1n, 0n, 1n, 1n, 1n, 1n));
  });

  test('cuts what is too long, keeps start and end, and says how long it was', async () => {
    const { encode } = await encoder(byteTokenizer(), 6);
    const { width, ids, counts } = encode(['x'.repeat(100)]);
    expect({ width, counts }).toEqual({ width: 6, counts: [102] });
    expect([ids[0], ids[5]]).toEqual([0n, 2n]);
  });

  test.each([
    ['no JSON', '{', 'not JSON'],
    ['another kind of file', { hello: 1 }, 'no byte-level BPE tokenizer'],
    ['a WordPiece tokenizer', { ...byteTokenizer(), model: { type: 'WordPiece', vocab: {} } }, 'model.type'],
    [
      'a pre-tokenizer with an expression',
      { ...byteTokenizer(), pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' } } },
      'pre_tokenizer',
    ],
    [
      'a normaliser with an expression',
      { ...byteTokenizer(), normalizer: { type: 'Replace', pattern: { Regex: 'a' }, content: 'b' } },
      'normalizer',
    ],
    [
      'a missing padding token',
      {
        ...byteTokenizer(),
        added_tokens: [],
        model: {
          ...(byteTokenizer().model as object),
          vocab: Object.fromEntries(
            Object.entries((byteTokenizer().model as { vocab: object }).vocab).filter(([token]) => token !== '<pad>'),
          ),
        },
      },
      'no token "<pad>"',
    ],
    [
      'a byte without a token',
      { ...byteTokenizer(), model: { ...(byteTokenizer().model as object), vocab: { a: 0 } } },
      'no token for the byte 0',
    ],
    [
      'a token number beyond all measure',
      { ...byteTokenizer(), added_tokens: [{ id: 2_000_000_000, content: 'x' }] },
      'too high',
    ],
    ['an endless token', { ...byteTokenizer(), added_tokens: [{ id: 3, content: 'x'.repeat(5000) }] }, 'added_tokens'],
    [
      'no words around a text',
      { ...byteTokenizer(), post_processor: { type: 'TemplateProcessing', single: [] } },
      'wrap',
    ],
  ])('refuses %s', async (_name, file, reason) => {
    const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : bytesOf(file);
    const made = createTextEncoder(bytes, { maxTokens: 16, tokenizer: TOKENIZER });
    await expect(made).rejects.toMatchObject({ name: 'TokenizerError', message: expect.stringContaining(reason) });
  });

  test('refuses a file of unreasonable size, and a length without room', async () => {
    await expect(
      createTextEncoder(new Uint8Array(40_000_000), { maxTokens: 16, tokenizer: TOKENIZER }),
    ).rejects.toThrow('40000000 bytes');
    await expect(encoder(byteTokenizer(), 2)).rejects.toThrow('no room');
  });

  test('a name that every object has is a token like others', async () => {
    const file = byteTokenizer();
    const text = JSON.stringify(file).replace('"Ġrain":', '"__proto__":');
    const { encode } = await createTextEncoder(new TextEncoder().encode(text), { maxTokens: 32, tokenizer: TOKENIZER });
    expect(encode(['constructor toString']).counts).toEqual([22]);
  });
});

describe('the text graph', () => {
  const text = {
    graph: { file: 'x.onnx', sha256: '0'.repeat(64), precision: 'fp32' as const },
    input: { ids: 'input_ids', mask: 'attention_mask' },
    output: { tensor: 'text_embeds', normalised: false },
    tokenizer: TOKENIZER,
    maxTokens: 16,
  };
  const graph = toBytes(encodeModel(textGraph({ vocabulary: BYTE_TOKENS, dims: 6 })));
  const files = { graph, tokenizer: bytesOf(byteTokenizer()) };

  test('gives a text the same vector alone and beside a longer one', async () => {
    const session = await openTextSession({ dims: 6, text }, files, {});
    const alone = await session.run(['a dog']);
    const beside = await session.run(['rain, and a dog', 'a dog']);
    await session.release();
    expect(alone.tokens).toEqual([4]);
    for (const [i, value] of alone.vectors.entries()) expect(beside.vectors[6 + i]).toBeCloseTo(value, 6);
  });

  test.each([
    ['an unknown input', { ...text, input: { ...text.input, ids: 'ids' } }, 'no input ids'],
    ['an input of which the card says nothing', { ...text, input: { ids: 'input_ids', mask: null } }, 'attention_mask'],
    ['an unknown output', { ...text, output: { ...text.output, tensor: 'y' } }, 'no output y'],
  ])('refuses %s', async (_name, card, reason) => {
    await expect(openTextSession({ dims: 6, text: card }, files, {})).rejects.toThrow(reason);
  });
});
