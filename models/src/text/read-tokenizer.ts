// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** A tokenizer.json that cannot be used, and why. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
}

const MOST_BYTES = 32 * 1024 * 1024;
const MOST_TOKENS = 500_000;
const MOST_TOKEN_CHARACTERS = 1024;
const MOST_ADDED_TOKENS = 4096;
const BYTES = 256;

const id = z.int().min(0).max(0x7fff_ffff);
const token = z.string().min(1).max(MOST_TOKEN_CHARACTERS);
/** Of the kinds of normaliser those that change nothing but Unicode's form, or letters' case. */
const normaliser = z.object({ type: z.enum(['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase']) });
/** Its own regular expression, or none: one from the file could take for ever. */
const byteLevel = z.object({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.boolean(),
  use_regex: z.literal(true).optional(),
});
const flag = z.boolean().default(false);
const addedToken = z.object({
  id,
  content: token,
  // The library does not look at word boundaries.
  single_word: z.literal(false).default(false),
  lstrip: flag,
  rstrip: flag,
  normalized: flag,
  special: flag,
});
const pair = z.tuple([token, id]);
const piece = z.union([
  z.object({ SpecialToken: z.object({ id: z.string() }) }),
  z.object({ Sequence: z.object({ id: z.string() }) }),
]);

/** The part of tokenizer.json that is understood; a file with anything else in these places is refused. */
const schema = z.object({
  added_tokens: z.array(addedToken).max(MOST_ADDED_TOKENS),
  normalizer: z
    .union([normaliser, z.object({ type: z.literal('Sequence'), normalizers: z.array(normaliser).max(8) })])
    .nullable(),
  pre_tokenizer: byteLevel,
  post_processor: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('RobertaProcessing'), sep: pair, cls: pair }),
      z.object({ type: z.literal('TemplateProcessing'), single: z.array(piece).max(16), pair: z.unknown().optional() }),
      z.object({ type: z.literal('ByteLevel') }),
    ])
    .nullable(),
  model: z.object({
    // Older files leave the type out.
    type: z.literal('BPE').default('BPE'),
    unk_token: z.string().nullish(),
    fuse_unk: z.boolean().optional(),
    ignore_merges: z.boolean().optional(),
    dropout: z.null().optional(),
    continuing_subword_prefix: z.enum(['']).nullish(),
    end_of_word_suffix: z.enum(['']).nullish(),
    byte_fallback: z.literal(false).optional(),
    vocab: z.record(z.string(), id),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])).max(MOST_TOKENS),
  }),
});

export type TokenizerFile = z.infer<typeof schema>;

/** Characters that stand for the bytes 0…255 in a byte-level vocabulary: printable Latin-1 for itself, the rest from U+0100. */
function byteCharacters(): string[] {
  let next = BYTES;
  return Array.from({ length: BYTES }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

function assertVocabulary({ model, added_tokens }: TokenizerFile): void {
  const entries = Object.entries(model.vocab);
  if (entries.length > MOST_TOKENS) throw new TokenizerError(`its vocabulary has ${entries.length} tokens`);
  const missing = byteCharacters().findIndex((character) => !Object.hasOwn(model.vocab, character));
  if (missing >= 0)
    throw new TokenizerError(`its vocabulary has no token for the byte ${missing}: it is not byte-level`);
  const ids = new Set<number>();
  for (const [content, number] of entries) {
    if (content.length > MOST_TOKEN_CHARACTERS)
      throw new TokenizerError(`token ${number} is ${content.length} characters long`);
    if (number >= MOST_TOKENS) throw new TokenizerError(`token number ${number} is too high`);
    if (ids.has(number)) throw new TokenizerError(`token number ${number} occurs twice`);
    ids.add(number);
  }
  const stray = added_tokens.find((added) => added.id >= MOST_TOKENS);
  if (stray) throw new TokenizerError(`token number ${stray.id} is too high`);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TokenizerError('it is not JSON', { cause });
  }
}

/**
 * A byte-level BPE tokenizer.json. Other kinds are refused, and so is whatever would run a regular expression of the file.
 * @throws TokenizerError
 */
export function readTokenizer(bytes: Uint8Array): TokenizerFile {
  if (bytes.length > MOST_BYTES) throw new TokenizerError(`it has ${bytes.length} bytes, more than ${MOST_BYTES}`);
  const parsed = schema.safeParse(parseJson(bytes));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new TokenizerError(
      `it is no byte-level BPE tokenizer: ${issue?.path.join('.') || 'file'}: ${issue?.message}`,
    );
  }
  assertVocabulary(parsed.data);
  return parsed.data;
}
