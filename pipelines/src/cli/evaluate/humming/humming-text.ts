// SPDX-License-Identifier: Apache-2.0
import { drawTable } from '../draw-table.ts';
import { type DescribedHumming, describeHumming, missedTable, ranksTable, weakTable } from './describe-humming.ts';

/** The evaluation for a terminal. */
export function hummingText(described: DescribedHumming): string {
  const { evaluation } = described;
  const [weak, missed] = [weakTable(evaluation), missedTable(evaluation)];
  const failures = evaluation.unreadable.map(({ key, code, reason }) => `${key}: ${code}: ${reason}`);
  return [
    describeHumming(described).join('\n'),
    drawTable(ranksTable(evaluation)),
    ...(weak ? [`Weak matches:\n${drawTable(weak)}`] : []),
    ...(missed ? [`Not found first, reranked:\n${drawTable(missed)}`] : []),
    ...(failures.length > 0 ? [`Not read:\n${failures.join('\n')}`] : []),
  ].join('\n\n');
}
