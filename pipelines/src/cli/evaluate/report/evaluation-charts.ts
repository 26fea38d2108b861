// SPDX-License-Identifier: Apache-2.0
import type { LabelEvaluation, SpaceEvaluation } from '../../../core/evaluate/evaluate-labels.ts';
import { ACCENT, CHANCE, CHART_BASE, type ChartSpec, SERIES } from './chart-spec.ts';

/** Labels that a chart has room for. */
const MOST_BARS = 40;
const MOST_CELLS = 20;
/** Cells up to here have room for a number. */
const MOST_NUMBERED = 14;

const seriesOf = (spaces: readonly SpaceEvaluation[]) => ({
  field: 'space',
  type: 'nominal' as const,
  title: null,
  scale: { domain: spaces.map(({ space }) => space), range: [...SERIES] },
  ...(spaces.length === 1 ? { legend: null } : { legend: { orient: 'top' as const } }),
});

const chanceRule = (axis: 'x' | 'y', value: number) => ({
  data: { values: [{ chance: value }] },
  mark: { type: 'rule' as const, strokeDash: [4, 3], color: CHANCE },
  encoding: { [axis]: { field: 'chance', type: 'quantitative' as const } },
});

/** The labels whose recordings find each other least, worst last; with each space a bar. */
export function classBars({ spaces }: LabelEvaluation): ChartSpec {
  const [first] = spaces;
  const shown = (first?.summary.classes ?? []).toSorted((a, b) => a.knn1 - b.knn1).slice(0, MOST_BARS);
  const order = shown.toReversed().map(({ label }) => label);
  const values = spaces.flatMap(({ space, summary }) =>
    summary.classes.filter(({ label }) => order.includes(label)).map(({ label, knn1 }) => ({ space, label, knn1 })),
  );
  return {
    ...CHART_BASE,
    width: 480,
    height: { step: 8 + 10 * spaces.length, for: 'position' },
    layer: [
      {
        data: { values },
        mark: { type: 'bar' },
        encoding: {
          y: { field: 'label', type: 'nominal', sort: order, title: null },
          yOffset: { field: 'space', sort: spaces.map(({ space }) => space) },
          x: { field: 'knn1', type: 'quantitative', title: 'kNN-1', scale: { domain: [0, 1] } },
          color: seriesOf(spaces),
        },
      },
      chanceRule('x', first?.summary.measures.knn1.chance ?? 0),
    ],
  };
}

/** Labels of the heat map: all, or those that are mistaken most. */
function shownLabels({ summary }: SpaceEvaluation): string[] {
  const wrong = new Map(summary.classes.map(({ label }) => [label, 0]));
  for (const { label, neighbour, count } of summary.confusions)
    for (const name of [label, neighbour]) wrong.set(name, (wrong.get(name) ?? 0) + count);
  const shown = [...wrong].toSorted((a, b) => b[1] - a[1]).slice(0, MOST_CELLS);
  return shown.map(([label]) => label).toSorted();
}

/** For each label (row) the share of its queries whose nearest neighbour has each label (column). */
export function confusionMap(space: SpaceEvaluation): ChartSpec {
  const labels = shownLabels(space);
  const values = space.summary.neighbours
    .filter(({ label, neighbour }) => labels.includes(label) && labels.includes(neighbour))
    .map(({ label, neighbour, share }) => ({ label, neighbour, share, text: String(Math.round(share * 100)) }));
  const place = {
    x: { field: 'neighbour', type: 'nominal', sort: labels, scale: { domain: labels }, title: 'nearest neighbour is' },
    y: { field: 'label', type: 'nominal', sort: labels, scale: { domain: labels }, title: 'label' },
  } as const;
  const cells = {
    mark: { type: 'rect', color: ACCENT },
    encoding: {
      ...place,
      fillOpacity: {
        field: 'share',
        type: 'quantitative',
        scale: { domain: [0, 1], range: [0.04, 0.75] },
        legend: null,
      },
    },
  } as const;
  const numbers = {
    mark: { type: 'text', fontSize: 10 },
    encoding: { ...place, text: { field: 'text', type: 'nominal' } },
  } as const;
  return {
    ...CHART_BASE,
    data: { values },
    width: { step: 26 },
    height: { step: 22 },
    layer: labels.length <= MOST_NUMBERED ? [cells, numbers] : [cells],
  };
}

/** Share of the first 1, 2, … neighbours that share a label. */
export function precisionCurve({ spaces }: LabelEvaluation): ChartSpec {
  const values = spaces.flatMap(({ space, summary }) =>
    summary.precisionByRank.map((precision, i) => ({ space, rank: i + 1, precision })),
  );
  return {
    ...CHART_BASE,
    width: 480,
    height: 220,
    layer: [
      {
        data: { values },
        mark: { type: 'line', point: true },
        encoding: {
          x: { field: 'rank', type: 'quantitative', title: 'first neighbours', axis: { tickMinStep: 1, format: 'd' } },
          y: { field: 'precision', type: 'quantitative', title: 'precision', scale: { domain: [0, 1] } },
          color: seriesOf(spaces),
        },
      },
      chanceRule('y', spaces[0]?.summary.measures.precision10.chance ?? 0),
    ],
  };
}
