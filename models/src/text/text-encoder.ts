// SPDX-License-Identifier: Apache-2.0
import type { CardText } from '../card.ts';
import { readTokenizer, TokenizerError } from './read-tokenizer.ts';

/** Texts as tensors: one row a text, filled up on the right to the longest. */
export interface TokenRows {
  readonly rows: number;
  /** Tokens of a row. */
  readonly width: number;
  /** int64 [rows × width]. */
  readonly ids: BigInt64Array;
  /** int64 [rows × width]: 1 for a token, 0 for padding. */
  readonly mask: BigInt64Array;
  /** Tokens of each text before it was cut, those for start and end included. */
  readonly counts: readonly number[];
}

export interface TextEncoder {
  /** Texts of more than `maxTokens` tokens are cut; start and end stay. */
  encode(texts: readonly string[]): TokenRows;
}

/** What is used of the library, whose own types cannot be resolved by Node's rules. */
interface Tokenizer {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
  token_to_id(token: string): number | undefined;
}
type TokenizerClass = new (tokenizer: object, config: object) => Tokenizer;

/** What stands before and after every text, learned from one. */
function wrappingOf(tokenizer: Tokenizer): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const [bare, whole] = [false, true].map((isWhole) => tokenizer.encode('a', { add_special_tokens: isWhole }).ids);
  const at = whole?.findIndex((_, start) => bare?.every((id, i) => whole[start + i] === id)) ?? -1;
  if (!bare?.length || !whole || at < 0) throw new TokenizerError('it does not wrap a text in tokens of its own');
  return { before: whole.slice(0, at), after: whole.slice(at + bare.length) };
}

/**
 * Words → token numbers, by a tokenizer.json with byte-level BPE. What stands at a text's start and end is as the file
 * says; length and padding are the card's.
 * @throws TokenizerError
 */
export async function createTextEncoder(
  bytes: Uint8Array,
  { maxTokens, tokenizer: { padToken } }: Pick<CardText, 'maxTokens' | 'tokenizer'>,
): Promise<TextEncoder> {
  const file = readTokenizer(bytes);
  const library = (await import('@huggingface/tokenizers')) as unknown as { readonly Tokenizer: TokenizerClass };
  const tokenizer = new library.Tokenizer({ ...file, decoder: null }, {});
  const pad = tokenizer.token_to_id(padToken);
  if (pad === undefined) throw new TokenizerError(`it has no token ${JSON.stringify(padToken)}`);
  const { before, after } = wrappingOf(tokenizer);
  const room = maxTokens - before.length - after.length;
  if (room < 1) throw new TokenizerError(`texts of ${maxTokens} tokens have no room between their start and end`);
  const wrap = (ids: readonly number[]): number[] => [...before, ...ids.slice(0, room), ...after];
  return {
    encode: (texts) => {
      const bare = texts.map((text) => tokenizer.encode(text, { add_special_tokens: false }).ids);
      const tokens = bare.map(wrap);
      const width = Math.max(...tokens.map(({ length }) => length));
      const ids = new BigInt64Array(tokens.length * width).fill(BigInt(pad));
      const mask = new BigInt64Array(tokens.length * width);
      for (const [row, numbers] of tokens.entries()) {
        ids.set(numbers.map(BigInt), row * width);
        mask.fill(1n, row * width, row * width + numbers.length);
      }
      const counts = bare.map(({ length }) => length + before.length + after.length);
      return { rows: tokens.length, width, ids, mask, counts };
    },
  };
}
