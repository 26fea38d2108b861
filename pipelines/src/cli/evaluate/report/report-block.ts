// SPDX-License-Identifier: Apache-2.0
import type { TextTable } from '../draw-table.ts';
import type { ChartSpec } from './chart-spec.ts';

/** A part of a report, in the order of reading. */
export type ReportBlock =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'table'; readonly table: TextTable }
  | {
      readonly kind: 'chart';
      /** Part of a file name. */
      readonly name: string;
      readonly title: string;
      readonly spec: ChartSpec;
    };

export interface Report {
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}
