// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { ServiceError } from '../core/service-error.ts';

export const MOST_MODELS = 16;
export const MOST_PEAKS = 10_000;

const seconds = (isZeroAllowed: boolean): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'must be a number of seconds')
    .transform(Number)
    .refine((value) => isZeroAllowed || value > 0, 'must be more than 0');

const oneOrMany = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const querySchema = z.strictObject({
  model: oneOrMany
    .transform((list) => list.flatMap((entry) => entry.split(',')).map((id) => id.trim()))
    .pipe(z.array(z.string().min(1, 'must name a space')).min(1).max(MOST_MODELS))
    .optional(),
  window: seconds(false).optional(),
  hop: seconds(false).optional(),
  pooling: z.enum(['mean', 'max', 'none'], 'must be mean, max or none').optional(),
  offset: seconds(true).optional(),
  duration: seconds(false).optional(),
  input_type: z.enum(['ingest', 'search'], 'must be ingest or search').optional(),
  encoding: z.enum(['float', 'base64'], 'must be float or base64').default('float'),
  segments: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional(),
  lenient: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional(),
  peaks: z
    .string()
    .regex(/^\d{1,6}$/, 'must be a whole number')
    .transform(Number)
    .refine((count) => count >= 1 && count <= MOST_PEAKS, `must be between 1 and ${MOST_PEAKS}`)
    .optional(),
});

export type AudioQuery = z.infer<typeof querySchema>;

/**
 * Query of `POST /v1/audio/embeddings`.
 * @throws ServiceError invalid_parameter naming the first parameter at fault, unknown ones included
 */
export function parseAudioQuery(query: unknown): AudioQuery {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const name = unknown ?? String(issue?.path[0] ?? 'query');
  const problem = unknown === undefined ? issue?.message : 'there is no such parameter';
  throw new ServiceError('invalid_parameter', `${name}: ${problem}`, { param: name });
}
