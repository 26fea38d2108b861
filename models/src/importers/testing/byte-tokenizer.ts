// SPDX-License-Identifier: Apache-2.0

/** Characters that stand for the 256 bytes in a byte-level vocabulary. */
function byteCharacters(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

const SPECIAL = ['<s>', '<pad>', '</s>', '<unk>'];
const MERGES = [
  ['o', 'g'],
  ['d', 'og'],
  ['Ġ', 'dog'],
  ['a', 'i'],
  ['r', 'ai'],
  ['rai', 'n'],
  ['Ġ', 'rain'],
] as const;

/** Tokens of `byteTokenizer`. */
export const BYTE_TOKENS = SPECIAL.length + 256 + MERGES.length;

/** A tokenizer.json in RoBERTa's layout: bytes, and a few merges that know dogs and rain. */
export function byteTokenizer(): Record<string, unknown> {
  const tokens = [...SPECIAL, ...byteCharacters(), ...MERGES.map((pair) => pair.join(''))];
  const added = SPECIAL.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: MERGES.map((pair) => pair.join(' ')),
    },
  };
}
