// SPDX-License-Identifier: Apache-2.0
import { Readable } from 'node:stream';
import type { Space } from '@earshot/models/registry';
import type { ErrorCode } from '../contract/errors.ts';
import { classifyInput, type EmbeddingInput } from '../core/classify-input.ts';
import type { RecordingEmbedding } from '../core/embedder.ts';
import { ServiceError } from '../core/service-error.ts';
import type { AppDeps } from './app-deps.ts';
import { asServiceError } from './as-service-error.ts';
import type { Work } from './request-context.ts';
import type { Stages } from './timing-headers.ts';

/** Items of one request, as OpenAI has it. */
export const MOST_ITEMS = 2048;

/** What can be wrong with a request whose items are embedded, or with one of them. */
export const ITEM_ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_json',
  'invalid_parameter',
  'empty_input',
  'url_not_allowed',
  'model_does_not_embed_text',
  'text_too_long',
  'invalid_audio_input',
  'model_not_found',
  'deadline_exceeded',
  'audio_too_large',
  'audio_too_long',
  'not_audio',
  'unsupported_encoding',
  'undecodable_audio',
  'no_audio_stream',
  'audio_too_short',
  'silent_audio',
  'no_melody',
  'melody_too_long',
  'fetch_failed',
  'queue_full',
];

/**
 * The items of a request, each told apart as audio, address, text or probe.
 * @param field name of the list in messages: `input` (OpenAI) or `inputs` (text-embeddings-inference)
 * @throws ServiceError invalid_parameter, empty_input, or what classifyInput throws, naming the item
 */
export function itemsOf(input: unknown, field: string, { card }: Space): EmbeddingInput[] {
  if (!Array.isArray(input) && typeof input !== 'string' && (typeof input !== 'object' || input === null))
    throw new ServiceError('invalid_parameter', `${field}: must be a string or an array`, { param: field });
  const list: unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) throw new ServiceError('empty_input', `${field}: has no item`, { param: field });
  if (list.length > MOST_ITEMS)
    throw new ServiceError('invalid_parameter', `${field}: may have ${MOST_ITEMS} items, not ${list.length}`, {
      param: field,
    });
  const target = { model: card.id, acceptsText: card.acceptsText };
  return list.map((item, index) => classifyInput(item, `${field}[${index}]`, target));
}

/** A failure of one item says which. */
function atItem(error: unknown, param: string): unknown {
  if (error instanceof Error && error.name === 'ClientGone') return error;
  const known = asServiceError(error);
  const { retryAfterSeconds, cause } = known;
  return new ServiceError(known.code, known.message, { param, retryAfterSeconds, cause });
}

/** A unit vector that stands for no sound. */
function probeVector(dims: number): Float32Array {
  return new Float32Array(dims).fill(1 / Math.sqrt(dims));
}

export interface EmbeddedItem {
  readonly vector: Float32Array;
  /** Windows of a recording, tokens of a text; 1 for the probe. */
  readonly tokens: number;
  /** null for the probe. */
  readonly stages: Stages | null;
}

export interface ItemsToEmbed {
  readonly space: Space;
  readonly items: readonly EmbeddingInput[];
  readonly field: string;
  readonly work: Work;
  /** Cut texts that are too long instead of refusing them. */
  readonly truncate?: boolean | undefined;
}

type Audible = Extract<EmbeddingInput, { readonly kind: 'audio' | 'address' }>;

const isAudible = (item: EmbeddingInput): item is Audible => item.kind === 'audio' || item.kind === 'address';

/** What the list of places does not cover is refused before any item is worked on. */
function assertListed({ items, field }: ItemsToEmbed, deps: AppDeps): void {
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'address') continue;
    try {
      deps.addresses.assertListed(item.address);
    } catch (error) {
      throw atItem(error, `${field}[${index}]`);
    }
  }
}

/** The texts among the items, by their place; they are run together. */
async function embedTexts(
  { space, items, field, work, truncate = false }: ItemsToEmbed,
  deps: AppDeps,
): Promise<[number, EmbeddedItem][]> {
  const places = items.flatMap((item, index) => (item.kind === 'text' ? [{ index, text: item.text }] : []));
  if (places.length === 0) return [];
  const embedded = await deps.texts.embed(
    space,
    places.map(({ index, text }) => ({ text, param: `${field}[${index}]` })),
    { ...work, truncate },
  );
  return embedded.map(({ vector, tokens, queueMs, inferMs }, i) => [
    places[i]?.index ?? 0,
    { vector, tokens, stages: { queueMs, inferMs, decodeMs: 0 } },
  ]);
}

function withoutVector(recording: RecordingEmbedding | undefined): ServiceError {
  if (recording?.status !== 'no_melody') return new ServiceError('silent_audio', 'The recording is silent');
  return new ServiceError('no_melody', `No melody is heard in the recording: ${recording.melody?.reason ?? ''}`);
}

/** Decodes and embeds the items, so many at a time, in their order; the first failure ends the rest. */
export async function embedItems(request: ItemsToEmbed, deps: AppDeps): Promise<EmbeddedItem[]> {
  const { space, items, field, work } = request;
  assertListed(request, deps);
  const results = items.map((): EmbeddedItem => ({ vector: probeVector(space.card.dims), tokens: 1, stages: null }));
  const failure = new AbortController();
  const signal = AbortSignal.any([work.signal, failure.signal]);
  const limits = { maxBytes: deps.limits.max_upload_bytes, priority: work.priority, signal };
  const embedOne = async (item: Audible): Promise<EmbeddedItem> => {
    const source =
      item.kind === 'audio' ? Readable.from([item.bytes]) : await deps.addresses.open(item.address, limits);
    const [recording] = await deps.spool.hold(source, limits, (file) =>
      deps.embedder.embed(file.path, [space], { ...work, sha256: file.sha256, inputType: 'search', signal }),
    );
    if (!recording?.vector) throw withoutVector(recording);
    return { vector: recording.vector, tokens: recording.windowCount, stages: recording };
  };
  const remaining = items.entries();
  const embedNext = async (): Promise<void> => {
    for (const [index, item] of remaining) {
      if (!isAudible(item)) continue;
      try {
        results[index] = await embedOne(item);
      } catch (error) {
        const failed = failure.signal.aborted ? failure.signal.reason : atItem(error, `${field}[${index}]`);
        failure.abort(failed);
        throw failed;
      }
    }
  };
  if (items.some((item) => item.kind === 'probe')) deps.log.info({ space: space.card.id }, 'answering a dims probe');
  const embedWords = async (): Promise<void> => {
    try {
      for (const [index, embedded] of await embedTexts({ ...request, work: { ...work, signal } }, deps))
        results[index] = embedded;
    } catch (error) {
      const failed = failure.signal.aborted ? failure.signal.reason : error;
      failure.abort(failed);
      throw failed;
    }
  };
  await Promise.all([embedWords(), ...Array.from({ length: deps.limits.max_concurrent_decodes }, embedNext)]);
  return results;
}
