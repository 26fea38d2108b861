// SPDX-License-Identifier: Apache-2.0
import type { TopLevelSpec } from 'vega-lite';

export type ChartSpec = TopLevelSpec;

/** Colours are variables of the page, with those of a light page where nobody sets them. */
const INK = 'var(--ink, #1f2328)';
const GRID = 'var(--grid, #d0d7de)';
export const ACCENT = 'var(--series-1, #2f6fd0)';
export const CHANCE = 'var(--chance, #b3463c)';
export const SERIES: readonly string[] = [
  ACCENT,
  'var(--series-2, #c8751c)',
  'var(--series-3, #2f8f5f)',
  'var(--series-4, #8f4fa8)',
  'var(--series-5, #6b7280)',
];

/** What every chart has in common. */
export const CHART_BASE = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  background: 'transparent',
  padding: 8,
  config: {
    font: 'system-ui, sans-serif',
    view: { stroke: GRID },
    axis: { labelColor: INK, titleColor: INK, gridColor: GRID, domainColor: GRID, tickColor: GRID, labelLimit: 220 },
    legend: { labelColor: INK, titleColor: INK },
    text: { color: INK },
  },
} as const satisfies Partial<ChartSpec>;
