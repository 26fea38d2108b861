// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { MOST_ITEMS } from '../embed-items.ts';

/** OpenAI's contract, and the items that it shares with `/embed`. */

const audioContent = {
  type: 'object',
  required: ['type', 'value'],
  properties: { type: { const: 'audio' }, format: { const: 'base64' }, value: { type: 'string' } },
};

const textContent = {
  type: 'object',
  required: ['type', 'value'],
  properties: { type: { const: 'text' }, value: { type: 'string', minLength: 1 } },
};

const content = { anyOf: [audioContent, textContent] };

const item = {
  anyOf: [
    {
      type: 'string',
      description:
        'data:audio/…;base64,…, bare base64, an address where fetching is allowed, or words where the space takes them',
      examples: ['data:audio/wav;base64,UklGRiQAAABXQVZF'],
    },
    audioContent,
    textContent,
    {
      type: 'object',
      required: ['content'],
      properties: { content: { anyOf: [...content.anyOf, { type: 'array', items: content, maxItems: 1 }] } },
    },
    { type: 'object', required: ['audio'], properties: { audio: { type: 'string' } } },
    { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } },
  ],
};

/** One item or a list; told apart by classifyInput, which names the item at fault. */
export const items = z
  .unknown()
  .meta({ anyOf: [...item.anyOf, { type: 'array', minItems: 1, maxItems: MOST_ITEMS, items: item }] });

export const embeddingsRequest = z
  .looseObject({
    model: z.string('must name a space').min(1, 'must name a space'),
    input: items,
    encoding_format: z.enum(['float', 'base64'], 'must be float or base64').nullish(),
    dimensions: z
      .unknown()
      .optional()
      .meta({ type: ['integer', 'null'], description: 'Only the dims of the space' }),
  })
  .meta({ examples: [{ model: 'spectral-1', input: ['how big'], encoding_format: 'float' }] });

export const embeddingsResponse = z.strictObject({
  object: z.literal('list'),
  model: z.string(),
  fingerprint: z.string().describe('Vectors of different fingerprints do not mix'),
  data: z.array(
    z.strictObject({
      object: z.literal('embedding'),
      index: z.int().nonnegative(),
      embedding: z
        .union([z.array(z.number()), z.string()])
        .describe('Numbers, or base64 of little-endian float32 with encoding_format=base64'),
    }),
  ),
  usage: z.strictObject({
    prompt_tokens: z.int().nonnegative().describe('Windows analysed, tokens of words'),
    total_tokens: z.int().nonnegative(),
  }),
});

export const model = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
  accepts_text: z.boolean().describe('Whether words can be embedded'),
});

export const modelList = z.strictObject({ object: z.literal('list'), data: z.array(model) });
