// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { FILTER_FIELDS, FILTER_KEYS, type FilterKey } from '../../contract/filter-keys.ts';
import { PanelError } from './panel-error.ts';
import type { QueryWindow, SearchSettings } from './ports.ts';

const MAX_CANDIDATES = 10_000;
const MAX_TEXT = 10_000;
const QUERY_PREFIX = 'q:';

const flag = z.union([z.boolean(), z.enum(['0', '1', 'true', 'false']).transform((v) => v === '1' || v === 'true')]);
const values = z.union([z.string().min(1), z.array(z.string().min(1)).max(50)]).transform((v) => [v].flat());
const filterShape = z.partialRecord(z.enum(FILTER_KEYS as [FilterKey, ...FilterKey[]]), values);
const jsonOr = <T extends z.ZodType>(schema: T) =>
  z.preprocess((raw, context) => {
    if (typeof raw !== 'string') return raw;
    try {
      return JSON.parse(raw) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  }, schema);

/** The decoded state of the page's address; multipart fields carry the same names as text. */
const schema = z
  .strictObject({
    id: z.string().min(1).optional(),
    /** A document id, or `q:<queryId>`. */
    like: z.string().min(1).optional(),
    queryId: z.string().min(1).optional(),
    /** Words, for a space that embeds them. */
    text: z.string().min(1).max(MAX_TEXT).optional(),
    space: z.string().min(1).optional(),
    k: z.coerce.number().int().min(1).max(1000).default(10),
    nc: z.coerce.number().int().min(1).max(MAX_CANDIDATES).optional(),
    exact: flag.default(false),
    segments: flag.default(false),
    filters: jsonOr(filterShape).default({}),
    from: z.coerce.number().min(0).optional(),
    to: z.coerce.number().positive().optional(),
  })
  .refine(({ k, nc }) => nc === undefined || k <= nc, { path: ['nc'], message: 'must be at least k' })
  .refine(({ from, to }) => to === undefined || (from ?? 0) < to, { path: ['to'], message: 'must be after from' });

/** What was asked to be searched for, before it is looked up. */
export type Wanted =
  | { readonly kind: 'document'; readonly id: string }
  | { readonly kind: 'query'; readonly queryId: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'upload' };

export interface SearchCommand {
  readonly wanted: Wanted;
  readonly settings: SearchSettings;
  readonly window: QueryWindow;
}

function wantedOf(body: z.infer<typeof schema>, hasUpload: boolean): Wanted {
  const { id, like, queryId, text } = body;
  const named = [id, like, queryId, text].filter((value) => value !== undefined).length + (hasUpload ? 1 : 0);
  if (named !== 1)
    throw new PanelError('PANEL_REQUEST_INVALID', 'A search names exactly one of: a file, id, like, queryId, text');
  if (hasUpload) return { kind: 'upload' };
  if (text !== undefined) return { kind: 'text', text };
  if (queryId !== undefined) return { kind: 'query', queryId };
  if (like?.startsWith(QUERY_PREFIX)) return { kind: 'query', queryId: like.slice(QUERY_PREFIX.length) };
  return { kind: 'document', id: id ?? like ?? '' };
}

/**
 * Reads the body of `POST /api/search`.
 * @throws PanelError PANEL_REQUEST_INVALID naming every bad field
 */
export function parseSearchCommand(
  body: unknown,
  options: { readonly hasUpload: boolean; readonly defaultSpace: string },
): SearchCommand {
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
    throw new PanelError('PANEL_REQUEST_INVALID', `The search cannot be read: ${problems.join('; ')}`);
  }
  const { data } = parsed;
  if (!options.hasUpload && (data.from !== undefined || data.to !== undefined))
    throw new PanelError('PANEL_REQUEST_INVALID', 'from and to choose a part of an uploaded file');
  return {
    wanted: wantedOf(data, options.hasUpload),
    settings: {
      space: data.space ?? options.defaultSpace,
      k: data.k,
      numCandidates: data.nc ?? Math.min(MAX_CANDIDATES, Math.max(100, data.k)),
      isExact: data.exact,
      bySegments: data.segments,
      filters: FILTER_KEYS.flatMap((key) => (data.filters[key] ?? []).map((value) => `${FILTER_FIELDS[key]}:${value}`)),
    },
    window: { fromSeconds: data.from, toSeconds: data.to },
  };
}
