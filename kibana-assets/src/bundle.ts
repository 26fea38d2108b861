// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { type LibrarySpace, readAlias } from '@earshot/mappings';
import { homeDashboard } from './dashboards/home.ts';
import { dataView, PANEL_URL } from './objects/data-view.ts';
import { discoverSession } from './objects/discover-session.ts';
import type { SavedObject } from './objects/saved-object.ts';

/** What the committed file in `dist/` is built for. */
export const DEFAULT_LIBRARY_SPACES: readonly LibrarySpace[] = [{ library: 'audio', space: 'spectral-1' }];

/** All saved objects: a data view, a Discover session and a dashboard for each library and space. */
export function buildBundle(librarySpaces: readonly LibrarySpace[]): SavedObject[] {
  return librarySpaces.flatMap((of) => [dataView(of), discoverSession(of), homeDashboard(of)]);
}

/** The bundle with the panel's address in place of `__PANEL_URL__`. */
export function bindPanelUrl(ndjson: string, panelUrl: string): string {
  return ndjson.replaceAll(PANEL_URL, panelUrl.replace(/\/+$/, ''));
}

/** The daily queries as Dev Tools text, for one library and space. */
export function dailyConsole(of: LibrarySpace): string {
  const text = readFileSync(new URL('../console/daily.console', import.meta.url), 'utf8');
  return text.replaceAll('__INDEX__', readAlias(of));
}
