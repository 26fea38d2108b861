// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';

/** A table as words: the terminal and the reports draw it each in their own way. */
export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The table for a terminal. */
export function drawTable({ head, rows }: TextTable): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push([...row]);
  return table.toString();
}
