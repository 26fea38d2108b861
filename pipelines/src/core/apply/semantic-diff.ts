// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '@earshot/mappings/definitions';
import { flatJson } from './flat-json.ts';

/** One path at which the cluster has something else than wanted; undefined = absent there. */
export interface Difference {
  readonly path: string;
  readonly stored: string | undefined;
  readonly wanted: string | undefined;
}

/** Parts of a definition in which nothing may stand that we did not write. */
const OWN_PARTS = ['template.mappings.', 'template.settings.'];

/**
 * What differs between a wanted body and the stored one. Only what is wanted is compared, since Elasticsearch adds
 * defaults and dates of its own; inside mappings and settings of templates additions count too.
 */
export function semanticDiff(wanted: JsonObject, stored: JsonObject): Difference[] {
  const want = flatJson(wanted);
  const have = flatJson(stored);
  const changed = [...want]
    .filter(([path, text]) => have.get(path) !== text)
    .map(([path, text]) => ({ path, stored: have.get(path), wanted: text }));
  const added = [...have]
    .filter(([path]) => !want.has(path) && OWN_PARTS.some((part) => path.startsWith(part)))
    .map(([path, text]) => ({ path, stored: text, wanted: undefined }));
  return [...changed, ...added];
}

const LONGEST_VALUE = 60;
const shorten = (text: string | undefined): string =>
  text === undefined ? '(absent)' : text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;

/** `path: stored → wanted` */
export const describeDifference = ({ path, stored, wanted }: Difference): string =>
  `${path}: ${shorten(stored)} → ${shorten(wanted)}`;
