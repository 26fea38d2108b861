// SPDX-License-Identifier: Apache-2.0
import type { WeakMatches } from '../../../core/evaluate/humming/evaluate-humming.ts';
import { CHART_BASE, type ChartSpec, SERIES } from '../report/chart-spec.ts';
import type { Report, ReportBlock } from '../report/report-block.ts';
import {
  type DescribedHumming,
  describeHumming,
  missedTable,
  ranksTable,
  sweepTable,
  weakTable,
  withWeak,
} from './describe-humming.ts';

const heading = (text: string): ReportBlock => ({ kind: 'heading', text });
const text = (words: string): ReportBlock => ({ kind: 'text', text: words });
const THERE = 'song is there';
const NOT_THERE = 'song is not there';

/** Shares that are flagged, by threshold. */
function sweepChart({ sweep }: WeakMatches): ChartSpec {
  const values = sweep.points.flatMap(({ threshold, presentFlagged, absentFlagged }) => [
    { threshold, hums: THERE, share: presentFlagged },
    { threshold, hums: NOT_THERE, share: absentFlagged },
  ]);
  return {
    ...CHART_BASE,
    data: { values },
    width: 480,
    height: 240,
    mark: { type: 'line' },
    encoding: {
      x: { field: 'threshold', type: 'quantitative', title: 'threshold', scale: { zero: false } },
      y: { field: 'share', type: 'quantitative', title: 'share flagged', scale: { domain: [0, 1] } },
      color: {
        field: 'hums',
        type: 'nominal',
        title: null,
        scale: { domain: [THERE, NOT_THERE], range: [...SERIES] },
        legend: { orient: 'top' },
      },
    },
  };
}

function weakBlocks({ evaluation }: DescribedHumming): ReportBlock[] {
  const table = weakTable(evaluation);
  if (!table) return [];
  const charts = withWeak(evaluation).flatMap(({ scope, weak }): ReportBlock[] => {
    const title = `Share of hums whose first answer is called a weak match, by threshold; hums begin at ${scope}`;
    return [
      { kind: 'chart', name: `weak-matches-${scope}`, title, spec: sweepChart(weak) },
      { kind: 'table', table: sweepTable(weak) },
    ];
  });
  return [heading('Weak matches'), { kind: 'table', table }, ...charts];
}

function keyList(title: string, keys: readonly string[]): ReportBlock[] {
  return keys.length > 0 ? [heading(title), text(keys.join(', '))] : [];
}

/** The evaluation as a document. */
export function hummingReport(described: DescribedHumming): Report {
  const { evaluation } = described;
  const missed = missedTable(evaluation);
  const unread = evaluation.unreadable.map(({ key, code, reason }) => [key, code, reason]);
  return {
    title: `Humming in ${evaluation.space}`,
    blocks: [
      ...describeHumming(described).map(text),
      { kind: 'table', table: ranksTable(evaluation) },
      ...weakBlocks(described),
      ...(missed ? [heading('Not found first'), { kind: 'table' as const, table: missed }] : []),
      ...keyList('Hums without a melody', evaluation.withoutMelody.audio),
      ...keyList('Targets without a melody', evaluation.silentTargets),
      ...(unread.length > 0
        ? [heading('Not read'), { kind: 'table' as const, table: { head: ['file', 'code', 'reason'], rows: unread } }]
        : []),
      heading('Space'),
      { kind: 'table', table: { head: ['space', 'fingerprint'], rows: [[evaluation.space, evaluation.fingerprint]] } },
    ],
  };
}
