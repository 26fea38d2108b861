// SPDX-License-Identifier: Apache-2.0
import { vegaSpecsOf } from './dashboard-panels.ts';
import type { Rule } from './validate-bundle.ts';

interface Spec {
  readonly $schema?: string;
  readonly width?: unknown;
  readonly height?: unknown;
  readonly data?: {
    readonly name?: string;
    readonly values?: unknown;
    readonly url?: {
      readonly '%context%'?: boolean;
      readonly index?: string;
      readonly body?: { readonly size?: number; readonly query?: unknown; readonly _source?: unknown };
    };
  };
}

const LARGEST_PAGE = 10_000;

function bodyProblems({ data }: Spec): string[] {
  const url = data?.url;
  const body = url?.body ?? {};
  const checks: [boolean, string][] = [
    [typeof url?.index === 'string', 'data.url needs an index'],
    [!(url?.['%context%'] && body.query !== undefined), '%context% and body.query exclude each other'],
    [typeof body.size === 'number' && body.size <= LARGEST_PAGE, `body.size must be given, at most ${LARGEST_PAGE}`],
    [body.size === 0 || Array.isArray(body._source), '_source must be a list of fields'],
    [!JSON.stringify(body).includes('embedding'), 'vectors do not belong in a panel'],
  ];
  return checks.filter(([isRight]) => !isRight).map(([, message]) => message);
}

function specProblems(text: string): string[] {
  let spec: Spec;
  try {
    spec = JSON.parse(text) as Spec;
  } catch {
    return ['not strict JSON (Kibana reads HJSON, where an unquoted string swallows its line)'];
  }
  const checks: [boolean, string][] = [
    [
      spec.$schema === 'https://vega.github.io/schema/vega-lite/v5.json',
      'declare vega-lite v5: Kibana 8.19 has no later one',
    ],
    [spec.width === undefined && spec.height === undefined, 'Kibana sets the size itself'],
    [typeof spec.data?.name === 'string', 'name the data set: answers are matched by name'],
    [spec.data?.values === undefined, 'url and values exclude each other'],
  ];
  return [...checks.filter(([isRight]) => !isRight).map(([, message]) => message), ...bodyProblems(spec)];
}

/** V9, V10: Vega that both majors draw, bounded queries, no hosts. */
export const checkVega: Rule = (objects) => [
  ...objects.flatMap((object) =>
    vegaSpecsOf(object).flatMap(({ panel, text }) =>
      specProblems(text).map((message) => ({ rule: 'V9', object: `${object.type}:${object.id} / ${panel}`, message })),
    ),
  ),
  ...objects
    .filter((object) => /https?:\/\/(?!vega\.github\.io\/schema\/)/.test(JSON.stringify(object.attributes)))
    .map((object) => ({
      rule: 'V10',
      object: `${object.type}:${object.id}`,
      message: 'hosts stand only as __PANEL_URL__',
    })),
];
