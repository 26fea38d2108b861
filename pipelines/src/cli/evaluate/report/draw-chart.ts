// SPDX-License-Identifier: Apache-2.0
import type { ChartSpec } from './chart-spec.ts';

/** Draws a chart as SVG, without a browser. Vega is loaded only when somebody wants a chart. */
export async function drawChart(spec: ChartSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
