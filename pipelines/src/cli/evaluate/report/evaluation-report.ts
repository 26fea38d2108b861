// SPDX-License-Identifier: Apache-2.0
import {
  classesTable,
  confusionsTable,
  describeSetting,
  differencesTable,
  measuresTable,
} from '../describe-evaluation.ts';
import type { TextTable } from '../draw-table.ts';
import type { FinishedEvaluation } from '../evaluation-json.ts';
import { classBars, confusionMap, precisionCurve } from './evaluation-charts.ts';
import type { Report, ReportBlock } from './report-block.ts';

const heading = (text: string): ReportBlock => ({ kind: 'heading', text });
const text = (words: string): ReportBlock => ({ kind: 'text', text: words });
const table = (of: TextTable): ReportBlock => ({ kind: 'table', table: of });

function differences(finished: FinishedEvaluation): ReportBlock[] {
  const found = differencesTable(finished);
  if (!found) return [];
  const note = 'Paired bootstrap: the same recordings are drawn for both. * marks intervals that do not contain 0.';
  return [heading('Differences'), table(found), text(note)];
}

function confusions(finished: FinishedEvaluation): ReportBlock[] {
  return finished.evaluation.spaces.flatMap((space): ReportBlock[] => {
    const found = confusionsTable(finished, space.space);
    const title = `Nearest neighbours in ${space.space}: per cent of a label's queries (row) that find a label (column)`;
    return [
      heading(`Confusions in ${space.space}`),
      { kind: 'chart', name: `confusions-${space.space}`, title, spec: confusionMap(space) },
      ...(found.rows.length > 0 ? [table(found)] : [text('Every nearest neighbour is right.')]),
    ];
  });
}

function unreadable({ collection }: FinishedEvaluation): ReportBlock[] {
  if (collection.unreadable.length === 0) return [];
  const rows = collection.unreadable.map(({ key, code, reason }) => [key, code, reason]);
  return [heading('Not read'), table({ head: ['recording', 'code', 'reason'], rows })];
}

/** The evaluation as a document with plots. */
export function evaluationReport(finished: FinishedEvaluation): Report {
  const { evaluation } = finished;
  const spaces = evaluation.spaces.map(({ space, fingerprint, dims }) => [space, fingerprint, String(dims)]);
  const chance = 'The dashed line is what a random ranking would score.';
  return {
    title: `Labels in ${evaluation.spaces.map(({ space }) => space).join(' and ')}`,
    blocks: [
      ...describeSetting(finished).map(text),
      table(measuresTable(finished)),
      ...differences(finished),
      heading('By label'),
      { kind: 'chart', name: 'labels', title: `kNN-1 by label. ${chance}`, spec: classBars(evaluation) },
      table(classesTable(finished)),
      heading('Precision by rank'),
      { kind: 'chart', name: 'precision', title: `Precision by rank. ${chance}`, spec: precisionCurve(evaluation) },
      ...confusions(finished),
      ...unreadable(finished),
      heading('Spaces'),
      table({ head: ['space', 'fingerprint', 'dims'], rows: spaces }),
    ],
  };
}
