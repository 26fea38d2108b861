// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { items } from './openai-schemas.ts';

export const embedRequest = z
  .looseObject({
    inputs: items,
    normalize: z.boolean('must be true or false').nullish(),
    truncate: z
      .boolean('must be true or false')
      .nullish()
      .describe('Cut words that are too many instead of refusing them; recordings are cut into windows anyway'),
    dimensions: z
      .unknown()
      .optional()
      .meta({ type: ['integer', 'null'], description: 'Only the dims of the space' }),
    prompt_name: z.null('there are no prompts here').optional(),
  })
  .meta({ examples: [{ inputs: ['how big'] }] });

export const embedResponse = z.array(z.array(z.number()));
