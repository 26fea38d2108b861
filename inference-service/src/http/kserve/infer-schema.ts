// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { parseFields } from '../parse-fields.ts';

const count = z.int('must be a whole number').nonnegative('must not be negative');
/** `sample_rate` is ours: the rate the samples are at, to be held against the card. It is needed, in one of three places. */
const sampleRate = z.number('must be a number of Hz').optional();
const flag = z.boolean('must be true or false').optional();

const inputSchema = z.looseObject({
  name: z.string('must be the name of a tensor'),
  shape: z.array(count, 'must be a list of whole numbers'),
  datatype: z.string('must be FP32'),
  parameters: z.looseObject({ binary_data_size: count.optional(), sample_rate: sampleRate }).optional(),
  data: z
    .array(z.unknown(), 'must be a list of numbers')
    .optional()
    .meta({ items: { anyOf: [{ type: 'number' }, { type: 'array', items: { type: 'number' } }] } }),
});

const outputSchema = z.looseObject({
  name: z.string('must be the name of a tensor'),
  parameters: z
    .looseObject({
      binary_data: flag,
      classification: z.never('is not served here: the outputs are vectors, not classes').optional(),
    })
    .optional(),
});

/** Body of an inference request of the Open Inference Protocol, with its extensions for binary data and scheduling. */
export const inferRequest = z.looseObject({
  id: z.string('must be a string').optional(),
  parameters: z
    .looseObject({
      binary_data_output: flag,
      /** 1 is the most urgent; 0 leaves it to the server. */
      priority: count.optional(),
      /** Microseconds; 0 means none. */
      timeout: count.optional(),
      sample_rate: sampleRate,
    })
    .optional(),
  inputs: z.array(inputSchema, 'must be a list of tensors').length(1, 'must have one tensor'),
  outputs: z.array(outputSchema, 'must be a list of tensors').max(1, 'may name one tensor').optional(),
});

export type InferRequest = z.infer<typeof inferRequest>;
export type InferInput = InferRequest['inputs'][number];

/** @throws ServiceError invalid_parameter naming the field: `inputs[0].shape` */
export const parseInferRequest = (json: unknown): InferRequest => parseFields(inferRequest, json);
