// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { ErrorBody } from '../../contract/embeddings.ts';
import { ERROR_KINDS, type ErrorCode } from '../../contract/errors.ts';
import { TEI_ERROR_TYPES } from '../tei-dialect.ts';

const codes = Object.keys(ERROR_KINDS) as ErrorCode[];

export const errorBody = z.strictObject({
  error: z.strictObject({
    message: z.string().describe('What was wrong, and the remedy'),
    type: z.enum([...new Set(codes.map((code) => ERROR_KINDS[code].type))]),
    param: z.string().nullable().describe('The parameter, header or item at fault'),
    code: z.enum(codes),
  }),
}) satisfies z.ZodType<ErrorBody>;

export const kserveError = z.strictObject({ error: z.string() });

export const teiError = z.strictObject({ error: z.string(), error_type: z.enum(TEI_ERROR_TYPES) });
