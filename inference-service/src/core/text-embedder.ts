// SPDX-License-Identifier: Apache-2.0
import type { CardText } from '@earshot/models';
import type { Space } from '@earshot/models/registry';
import type { Engine } from './engine-port.ts';
import type { Observer } from './observer-port.ts';
import { toUnitLength } from './pool-vectors.ts';
import type { Priority } from './priority-lane.ts';
import { ServiceError } from './service-error.ts';
import { type EmbeddedText, TextQueue } from './text-queue.ts';

/** A text and its name in messages: `input[3]`. */
export interface NamedText {
  readonly text: string;
  readonly param: string;
}

export interface TextOptions {
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Cut what is too long instead of refusing it. */
  readonly truncate: boolean;
}

export interface TextEmbedder {
  /**
   * One vector a text, in order.
   * @param texts for a space whose card has a text part
   * @throws ServiceError text_too_long, model_does_not_embed_text, queue_full, not_ready
   */
  embed(space: Space, texts: readonly NamedText[], options: TextOptions): Promise<readonly EmbeddedText[]>;
}

interface TextEmbedderOptions {
  /** Live: spaces come and go. */
  readonly spaces: ReadonlyMap<string, Space>;
  readonly engine: Engine;
  readonly holdMs: number;
  readonly observer?: Pick<Observer, 'onStage'> | undefined;
}

/** No token is so long that so many of these could be fewer than a text may have: the rest need not be looked at. */
const CHARACTERS_PER_TOKEN = 128;

const tooLong = ({ param }: NamedText, found: string, { maxTokens }: CardText): ServiceError =>
  new ServiceError('text_too_long', `The text has ${found}; the space takes ${maxTokens} tokens`, { param });

function finish(space: Space, text: CardText, { vector, ...rest }: EmbeddedText): EmbeddedText {
  const { id, similarity } = space.card;
  const isScaled = similarity === 'cosine' && !text.output.normalised;
  const finished = isScaled ? toUnitLength(vector) : vector;
  if (!finished?.every(Number.isFinite))
    throw new ServiceError('internal_error', `The text graph of ${id} gave a vector without direction`);
  return { ...rest, vector: finished, tokens: Math.min(rest.tokens, text.maxTokens) };
}

/** Words → vectors, through a queue for each space. */
export function createTextEmbedder({ spaces, engine, holdMs, observer }: TextEmbedderOptions): TextEmbedder {
  const queues = new Map<Space, TextQueue>();

  const queueOf = (space: Space): TextQueue => {
    const known = queues.get(space);
    if (known) return known;
    const current = new Set(spaces.values());
    for (const [old, queue] of queues) if (!current.has(old) && queue.load === 0) queues.delete(old);
    const queue = new TextQueue({
      space: space.card.id,
      dims: space.card.dims,
      maxBatchesInFlight: () => engine.status().maxBatchesInFlight,
      ...{ holdMs, observer },
      run: (texts) => engine.runTexts(space, texts),
    });
    queues.set(space, queue);
    return queue;
  };

  return {
    embed: async (space, texts, { priority, signal, truncate }) => {
      const { text, id } = space.card;
      if (!text) throw new ServiceError('model_does_not_embed_text', `${id} embeds audio, not text`);
      const most = text.maxTokens * CHARACTERS_PER_TOKEN;
      const long = texts.find((named) => named.text.length > most);
      if (long && !truncate) throw tooLong(long, `${long.text.length} characters`, text);
      const words = texts.map((named) => named.text.slice(0, most));
      const embedded = await queueOf(space).submit({ texts: words, priority, signal });
      const at = embedded.findIndex(({ tokens }) => tokens > text.maxTokens);
      const cut = texts[at];
      if (cut && !truncate) throw tooLong(cut, `${embedded[at]?.tokens} tokens`, text);
      return embedded.map((one) => finish(space, text, one));
    },
  };
}
