// SPDX-License-Identifier: Apache-2.0
import {
  classesTable,
  confusionsTable,
  describeSetting,
  differencesTable,
  measuresTable,
} from './describe-evaluation.ts';
import { drawTable } from './draw-table.ts';
import type { FinishedEvaluation } from './evaluation-json.ts';

/** The evaluation for a terminal. */
export function evaluationText(finished: FinishedEvaluation): string {
  const differences = differencesTable(finished);
  const confusions = finished.evaluation.spaces.flatMap(({ space }) => {
    const table = confusionsTable(finished, space);
    return table.rows.length > 0 ? [`Wrong nearest neighbours in ${space}:\n${drawTable(table)}`] : [];
  });
  const failures = finished.collection.unreadable.map(({ key, code, reason }) => `${key}: ${code}: ${reason}`);
  return [
    describeSetting(finished).join('\n'),
    drawTable(measuresTable(finished)),
    ...(differences ? [`${drawTable(differences)}\n* the interval does not contain 0`] : []),
    drawTable(classesTable(finished)),
    ...confusions,
    ...(failures.length > 0 ? [`Not read:\n${failures.join('\n')}`] : []),
  ].join('\n\n');
}
