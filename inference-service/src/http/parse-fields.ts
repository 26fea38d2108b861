// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { ServiceError } from '../core/service-error.ts';

const fieldName = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/**
 * The body's fields as the schema has them.
 * @throws ServiceError invalid_parameter naming the first field at fault: `inputs[0].shape`
 */
export function parseFields<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = fieldName(issue?.path ?? []) || 'body';
  throw new ServiceError('invalid_parameter', `${field}: ${issue?.message}`, { param: field });
}
