// SPDX-License-Identifier: Apache-2.0
import { panelsOf, type SerializedPanel } from './dashboard-panels.ts';
import type { Rule } from './validate-bundle.ts';

const COLUMNS = 48;

function overlaps({ gridData: a }: SerializedPanel, { gridData: b }: SerializedPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function placeProblems(panels: readonly SerializedPanel[]): string[] {
  const wrong = panels.flatMap(({ panelIndex, gridData }) => [
    ...(gridData.i === panelIndex ? [] : [`panel ${panelIndex}: gridData.i differs`]),
    ...(gridData.x >= 0 && gridData.x + gridData.w <= COLUMNS
      ? []
      : [`panel ${panelIndex}: outside the ${COLUMNS} columns`]),
  ]);
  const overlapping = panels.flatMap((a, at) =>
    panels
      .slice(at + 1)
      .filter((b) => overlaps(a, b))
      .map((b) => `panels ${a.panelIndex} and ${b.panelIndex} overlap`),
  );
  return [...wrong, ...overlapping];
}

/** V5: panels lie on the grid and do not overlap. */
export const checkDashboards: Rule = (objects) =>
  objects.flatMap((object) =>
    placeProblems(panelsOf(object)).map((message) => ({ rule: 'V5', object: `${object.type}:${object.id}`, message })),
  );
