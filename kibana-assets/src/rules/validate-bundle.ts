// SPDX-License-Identifier: Apache-2.0
import { parseNdjson, toNdjson } from '../objects/ndjson.ts';
import type { SavedObject } from '../objects/saved-object.ts';
import { checkDashboards } from './dashboard-rules.ts';
import { checkReferences } from './reference-rules.ts';
import { checkShapes } from './shape-rules.ts';
import { checkVega } from './vega-rules.ts';

/** What a rule objects to. */
export interface Finding {
  /** Rule number of `docs/operators/kibana.md`. */
  readonly rule: string;
  readonly object: string;
  readonly message: string;
}

export type Rule = (objects: readonly SavedObject[]) => Finding[];

const RULES: readonly Rule[] = [checkShapes, checkReferences, checkDashboards, checkVega];

function checkLines(text: string): Finding[] {
  const finding = (message: string): Finding[] => [{ rule: 'V1', object: 'file', message }];
  if (text.includes('\r')) return finding('lines must end in LF');
  if (toNdjson(parseNdjson(text)) !== text) return finding('not in canonical form: one object a line, sorted keys');
  return [];
}

/** Holds a saved-object file against every rule that can be checked without a Kibana; empty means fit to import. */
export function validateBundle(ndjson: string): Finding[] {
  let objects: SavedObject[];
  try {
    objects = parseNdjson(ndjson);
  } catch (error) {
    return [{ rule: 'V1', object: 'file', message: `not newline-delimited JSON: ${String(error)}` }];
  }
  // Later rules read what the shape rules have proved: run them only on sound shapes.
  const shapes = [...checkLines(ndjson), ...checkShapes(objects)];
  return shapes.length > 0 ? shapes : RULES.slice(1).flatMap((rule) => rule(objects));
}
