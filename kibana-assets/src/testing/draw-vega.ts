// SPDX-License-Identifier: Apache-2.0
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

export interface Drawing {
  readonly svg: string;
  /** Bars drawn. */
  readonly marks: number;
  readonly warnings: readonly string[];
}

interface SpecWithUrl {
  readonly data: { readonly name: string; readonly url?: object; readonly format?: object };
}

interface SceneItem {
  readonly marktype?: string;
  readonly role?: string;
  readonly items?: readonly SceneItem[];
}

function countMarks(item: SceneItem): number {
  const own = item.marktype === 'rect' && item.role === 'mark' ? (item.items ?? []).length : 0;
  return own + (item.items ?? []).reduce((sum, inner) => sum + countMarks(inner), 0);
}

/** Draws a Vega-Lite spec as Kibana does: the answer takes the place of the request, container size, Elastic's background. */
export async function drawVega(specText: string, answer: unknown): Promise<Drawing> {
  const spec = JSON.parse(specText) as SpecWithUrl & Record<string, unknown>;
  const { url: _request, ...data } = spec.data;
  const warnings: string[] = [];
  const logger = vega.logger(vega.Warn, undefined, (_method, _level, input) => void warnings.push(String(input)));
  const filled = {
    ...spec,
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    data: { ...data, values: answer },
    width: 600,
    height: 400,
    autosize: { type: 'fit', contains: 'padding' },
    config: { background: 'transparent' },
  };
  const { spec: compiled } = compile(filled as unknown as TopLevelSpec, { logger });
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger });
  await view.runAsync();
  const svg = await view.toSVG();
  const scene = view.scenegraph() as unknown as { root: SceneItem };
  view.finalize();
  return { svg, marks: countMarks(scene.root), warnings };
}
