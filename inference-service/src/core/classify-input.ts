// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { ServiceError } from './service-error.ts';

/** What one item of `/v1/embeddings` is. */
export type EmbeddingInput =
  | { readonly kind: 'audio'; readonly bytes: Buffer }
  /** Audio that lies elsewhere; whether it may be fetched is for the AddressSource to say. */
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'text'; readonly text: string }
  /** The literal that Elasticsearch sends to every new endpoint to learn its dims; where words are embedded, words. */
  | { readonly kind: 'probe' };

export const PROBE_TEXT = 'how big';

/** Shorter strings of base64 letters are taken for words. */
const SHORTEST_BARE_BASE64 = 64;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const DATA_URI = /^data:([a-z]+\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,/i;
const AUDIO_TYPE = /^(audio\/|video\/|application\/(octet-stream|ogg)$)/i;
const ADDRESS = /^(s3|https?|file|ftp|gs):/i;

/** Shapes in which Elastic's inference service and Jina's clients send audio, all of them holding one string. */
const audioContent = z
  .object({ type: z.literal('audio'), format: z.literal('base64').optional(), value: z.string() })
  .transform(({ value }) => value);
const audioItem = z.union([
  audioContent,
  z.object({ content: audioContent }).transform(({ content }) => content),
  z.object({ content: z.tuple([audioContent]) }).transform(({ content: [only] }) => only),
  z.object({ audio: z.string() }).transform(({ audio }) => audio),
]);

const textContent = z.object({ type: z.literal('text'), value: z.string() }).transform(({ value }) => value);
/** The same shapes for words. */
const textItem = z.union([
  textContent,
  z.object({ content: textContent }).transform(({ content }) => content),
  z.object({ content: z.tuple([textContent]) }).transform(({ content: [only] }) => only),
  z.object({ text: z.string() }).transform(({ text }) => text),
]);

/** The space that items are for. */
export interface InputTarget {
  readonly model: string;
  readonly acceptsText: boolean;
}

const refuse = (message: string, param: string): ServiceError =>
  new ServiceError('invalid_audio_input', message, { param });

function decodeBase64(text: string, param: string): Buffer {
  if (text === '') throw refuse('The audio is empty', param);
  if (!BASE64.test(text) || text.length % 4 === 1) throw refuse('The audio is not valid base64', param);
  return Buffer.from(text, 'base64');
}

function fromDataUri(text: string, param: string): EmbeddingInput {
  const match = DATA_URI.exec(text.slice(0, 500));
  if (!match) throw refuse('The data: URI cannot be read', param);
  const [head, type = 'text/plain', , base64] = match;
  if (!AUDIO_TYPE.test(type)) throw refuse(`The data: URI holds ${type}, not audio`, param);
  if (base64 === undefined) throw refuse('The data: URI is not base64', param);
  return { kind: 'audio', bytes: decodeBase64(text.slice(head.length), param) };
}

function asText(text: string, param: string, { model, acceptsText }: InputTarget): EmbeddingInput {
  if (!acceptsText) throw new ServiceError('model_does_not_embed_text', `${model} embeds audio, not text`, { param });
  if (text === '') throw new ServiceError('empty_input', 'The text is empty', { param });
  return { kind: 'text', text };
}

function fromString(text: string, param: string, target: InputTarget): EmbeddingInput {
  if (text === PROBE_TEXT && !target.acceptsText) return { kind: 'probe' };
  if (/^data:/i.test(text)) return fromDataUri(text, param);
  if (ADDRESS.test(text)) return { kind: 'address', address: text };
  if (text.length >= SHORTEST_BARE_BASE64 && BASE64.test(text))
    return { kind: 'audio', bytes: decodeBase64(text, param) };
  return asText(text, param, target);
}

function fromObject(item: unknown, param: string, target: InputTarget): EmbeddingInput {
  const { data: text } = textItem.safeParse(item);
  if (text !== undefined) return asText(text, param, target);
  const { data: audio } = audioItem.safeParse(item);
  if (audio === undefined)
    throw refuse(
      'The item is neither a string nor {"content":[{"type":"audio",…}]}, {"type":"audio",…} or {"audio":"data:…"}',
      param,
    );
  if (/^data:/i.test(audio)) return fromDataUri(audio, param);
  if (ADDRESS.test(audio)) return { kind: 'address', address: audio };
  return { kind: 'audio', bytes: decodeBase64(audio, param) };
}

/**
 * Tells audio from text by its prefix: data: URI, address, content object, bare base64, words.
 * @param param name of the item in messages, e.g. `input[3]`
 * @throws ServiceError invalid_audio_input, model_does_not_embed_text, empty_input
 */
export function classifyInput(item: unknown, param: string, target: InputTarget): EmbeddingInput {
  if (typeof item === 'string') return fromString(item, param, target);
  if (typeof item === 'number' || (Array.isArray(item) && typeof item[0] === 'number'))
    throw new ServiceError('model_does_not_embed_text', `${target.model} takes no token numbers`, { param });
  return fromObject(item, param, target);
}
