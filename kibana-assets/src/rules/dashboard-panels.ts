// SPDX-License-Identifier: Apache-2.0
import type { SavedObject } from '../objects/saved-object.ts';

export interface SerializedPanel {
  readonly type: string;
  readonly panelIndex: string;
  readonly title?: string;
  readonly panelRefName?: string;
  readonly gridData: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
    readonly i: string;
  };
  readonly embeddableConfig: {
    readonly savedVis?: {
      readonly type: string;
      readonly params: { readonly spec?: string; readonly markdown?: string };
    };
  };
}

/** The panels of a dashboard, parsed; empty for other objects. */
export function panelsOf(object: SavedObject): SerializedPanel[] {
  if (object.type !== 'dashboard') return [];
  return JSON.parse(String(object.attributes.panelsJSON)) as SerializedPanel[];
}

/** The Vega specs of a dashboard as text, with the panel they stand in. */
export function vegaSpecsOf(object: SavedObject): { readonly panel: string; readonly text: string }[] {
  return panelsOf(object).flatMap((panel) => {
    const text = panel.embeddableConfig.savedVis?.params.spec;
    return text === undefined ? [] : [{ panel: panel.title ?? panel.panelIndex, text }];
  });
}
