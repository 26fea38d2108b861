// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import {
  classesTable,
  confusionsTable,
  describeSetting,
  differencesTable,
  measuresTable,
  type TextTable,
} from './describe-evaluation.ts';
import type { FinishedEvaluation } from './evaluation-json.ts';

function draw({ head, rows }: TextTable): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

/** The evaluation for a terminal. */
export function evaluationText(finished: FinishedEvaluation): string {
  const differences = differencesTable(finished);
  const confusions = finished.evaluation.spaces.flatMap(({ space }) => {
    const table = confusionsTable(finished, space);
    return table.rows.length > 0 ? [`Wrong nearest neighbours in ${space}:\n${draw(table)}`] : [];
  });
  const failures = finished.collection.unreadable.map(({ key, code, reason }) => `${key}: ${code}: ${reason}`);
  return [
    describeSetting(finished).join('\n'),
    draw(measuresTable(finished)),
    ...(differences ? [`${draw(differences)}\n* the interval does not contain 0`] : []),
    draw(classesTable(finished)),
    ...confusions,
    ...(failures.length > 0 ? [`Not read:\n${failures.join('\n')}`] : []),
  ].join('\n\n');
}
