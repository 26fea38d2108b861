// SPDX-License-Identifier: Apache-2.0

/** What is known of a recording besides its vector. */
export interface LabelledItem {
  /** At least one; a recording may have several, such as genres. */
  readonly labels: readonly string[];
  /** Recordings of one group never answer each other: a fold, or a source recording. */
  readonly group: string;
}

/** Labels and groups as numbers. */
export interface LabelIndex {
  /** By number, sorted. */
  readonly labels: readonly string[];
  /** Label numbers of each item, without repetition. */
  readonly labelsOf: readonly Int32Array[];
  /** Group number of each item. */
  readonly groups: Int32Array;
}

function numberOf(numbers: Map<string, number>, text: string): number {
  const known = numbers.get(text) ?? numbers.size;
  numbers.set(text, known);
  return known;
}

export function indexLabels(items: readonly LabelledItem[]): LabelIndex {
  const labels = [...new Set(items.flatMap((item) => item.labels))].sort();
  const numbers = new Map(labels.map((label, i) => [label, i]));
  const groups = new Map<string, number>();
  return {
    labels,
    labelsOf: items.map((item) => Int32Array.from(new Set(item.labels), (label) => numbers.get(label) ?? -1)),
    groups: Int32Array.from(items, ({ group }) => numberOf(groups, group)),
  };
}
