// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { ServiceError } from '../core/service-error.ts';

const fieldName = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

function problemOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'invalid_type') return issue?.message ?? 'cannot be read';
  // Zod's own words for a field of any type that is not there, and for a body that is no object.
  if ((issue.expected as string) === 'nonoptional') return 'is missing';
  return issue.path.length === 0 ? 'must be a JSON object' : issue.message;
}

/**
 * The body's fields as the schema has them.
 * @throws ServiceError invalid_parameter naming the first field at fault: `inputs[0].shape`
 */
export function parseFields<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = fieldName(issue?.path ?? []) || 'body';
  throw new ServiceError('invalid_parameter', `${field}: ${problemOf(issue)}`, { param: field });
}
