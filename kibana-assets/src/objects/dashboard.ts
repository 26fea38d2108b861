// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { jsonString, NO_QUERY, type Reference, type SavedObject, savedObject } from './saved-object.ts';

/** Place on the grid of 48 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export type Panel = { readonly name: string; readonly title: string; readonly place: Place } & (
  | { readonly kind: 'markdown'; readonly markdown: string }
  | { readonly kind: 'vega'; readonly spec: object }
  | { readonly kind: 'search'; readonly savedSearchId: string }
);

/** Stable id from the panel's name: the bundle stays the same from build to build. */
function panelIdOf(dashboardId: string, name: string): string {
  const hex = createHash('sha256').update(`${dashboardId}/${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function visualization(type: 'vega' | 'markdown', title: string, params: object): object {
  const data = { aggs: [], searchSource: NO_QUERY };
  return { savedVis: { type, title, description: '', params, uiState: {}, data }, enhancements: {} };
}

function embeddableOf(panel: Panel): { type: string; embeddableConfig: object } {
  if (panel.kind === 'search') return { type: 'search', embeddableConfig: {} };
  const params =
    panel.kind === 'vega'
      ? { spec: JSON.stringify(panel.spec, null, 2) }
      : { markdown: panel.markdown, fontSize: 12, openLinksInNewTab: false };
  return { type: 'visualization', embeddableConfig: visualization(panel.kind, panel.title, params) };
}

function serializePanel(dashboardId: string, panel: Panel): object {
  const i = panelIdOf(dashboardId, panel.name);
  const byReference = panel.kind === 'search' ? { panelRefName: `panel_${i}` } : {};
  return { ...embeddableOf(panel), panelIndex: i, gridData: { ...panel.place, i }, title: panel.title, ...byReference };
}

function referencesOf(dashboardId: string, panels: readonly Panel[]): Reference[] {
  return panels.flatMap((panel) => {
    if (panel.kind !== 'search') return [];
    const i = panelIdOf(dashboardId, panel.name);
    return [{ name: `${i}:panel_${i}`, type: 'search', id: panel.savedSearchId }];
  });
}

interface DashboardContent {
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

/** A dashboard with its panels by value, saved searches by reference. */
export function dashboard(id: string, { title, description, panels }: DashboardContent): SavedObject {
  const attributes = {
    title,
    description,
    kibanaSavedObjectMeta: { searchSourceJSON: jsonString(NO_QUERY) },
    timeRestore: false,
    panelsJSON: jsonString(panels.map((panel) => serializePanel(id, panel))),
    optionsJSON: jsonString({
      useMargins: true,
      syncColors: true,
      syncCursor: true,
      syncTooltips: false,
      hidePanelTitles: false,
    }),
    version: 1,
    hits: 0,
  };
  return savedObject('dashboard', id, attributes, referencesOf(id, panels));
}
