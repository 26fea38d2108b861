// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { RUN_EVENTS } from '../core/sync/run-events.ts';

/** What a line of `--json` has against the published schema. */
export function eventProblems(line: { readonly event: string }): string[] {
  const schema = new Map<string, z.ZodType>(Object.entries(RUN_EVENTS)).get(line.event);
  if (!schema) return [`no schema for ${JSON.stringify(line)}`];
  const { error } = schema.safeParse(line);
  return error?.issues.map(({ path, message }) => `${line.event} ${path.join('.')}: ${message}`) ?? [];
}
