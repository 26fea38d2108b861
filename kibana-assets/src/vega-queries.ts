// SPDX-License-Identifier: Apache-2.0

import type { SavedObject } from './objects/saved-object.ts';
import { vegaSpecsOf } from './rules/dashboard-panels.ts';

/** One search that Kibana will send for a panel. */
export interface BundleQuery {
  readonly panel: string;
  readonly index: string;
  readonly body: Record<string, unknown>;
}

interface DataUrl {
  readonly index: string;
  readonly body: Record<string, unknown>;
}

const PLACEHOLDER = /^%dashboard_context-.*%$/;

/** As Kibana does without filters: the dashboard's clauses become nothing. */
function dropPlaceholders(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter((item) => !(typeof item === 'string' && PLACEHOLDER.test(item))).map(dropPlaceholders);
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dropPlaceholders(inner)]));
}

/** The literal Elasticsearch requests inside the bundle's Vega panels, ready to run. */
export function queriesOf(objects: readonly SavedObject[]): BundleQuery[] {
  return objects.flatMap((object) =>
    vegaSpecsOf(object).map(({ panel, text }) => {
      const { index, body } = (JSON.parse(text) as { data: { url: DataUrl } }).data.url;
      return { panel, index, body: dropPlaceholders(body) as Record<string, unknown> };
    }),
  );
}
