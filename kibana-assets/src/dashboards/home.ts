// SPDX-License-Identifier: Apache-2.0
import { type LibrarySpace, readAlias } from '@earshot/mappings';
import failures from '../../vega/failures.vg.json' with { type: 'json' };
import lastRuns from '../../vega/last-runs.vg.json' with { type: 'json' };
import byDuration from '../../vega/recordings-by-duration.vg.json' with { type: 'json' };
import byGenre from '../../vega/recordings-by-genre.vg.json' with { type: 'json' };
import byStatus from '../../vega/recordings-by-status.vg.json' with { type: 'json' };
import { dashboard, type Panel } from '../objects/dashboard.ts';
import { PANEL_URL } from '../objects/data-view.ts';
import { discoverSessionId } from '../objects/discover-session.ts';
import type { SavedObject } from '../objects/saved-object.ts';

const INDEX = '__INDEX__';

/** The spec with the read alias of this library and space in place of `__INDEX__`. */
function bindIndex(spec: object, of: LibrarySpace): object {
  return JSON.parse(JSON.stringify(spec).replaceAll(INDEX, readAlias(of))) as object;
}

const intro = ({ library, space }: LibrarySpace): string =>
  [
    `**Library ${library}, space ${space}.** Find recordings by sound in the [search panel](${PANEL_URL}/#/search).`,
    'Below: what is in the library, what the last sync runs did, what failed, and the newest recordings with player.',
  ].join('\n\n');

function panelsOf(of: LibrarySpace): Panel[] {
  return [
    {
      kind: 'markdown',
      name: 'intro',
      title: '',
      place: { x: 0, y: 0, w: 48, h: 4 },
      markdown: intro(of),
    },
    {
      kind: 'vega',
      name: 'status',
      title: 'Recordings by status and codec',
      place: { x: 0, y: 4, w: 16, h: 12 },
      spec: bindIndex(byStatus, of),
    },
    {
      kind: 'vega',
      name: 'genre',
      title: 'Recordings by genre',
      place: { x: 16, y: 4, w: 16, h: 12 },
      spec: bindIndex(byGenre, of),
    },
    {
      kind: 'vega',
      name: 'duration',
      title: 'Recordings by duration',
      place: { x: 32, y: 4, w: 16, h: 12 },
      spec: bindIndex(byDuration, of),
    },
    {
      kind: 'vega',
      name: 'runs',
      title: 'What the last sync runs did',
      place: { x: 0, y: 16, w: 28, h: 13 },
      spec: lastRuns,
    },
    {
      kind: 'vega',
      name: 'failures',
      title: 'Open failures by stage and code',
      place: { x: 28, y: 16, w: 20, h: 13 },
      spec: failures,
    },
    {
      kind: 'search',
      name: 'newest',
      title: 'Newest recordings',
      place: { x: 0, y: 29, w: 48, h: 16 },
      savedSearchId: discoverSessionId(of),
    },
  ];
}

/** What is in one library and space, and what the last runs did. */
export function homeDashboard(of: LibrarySpace): SavedObject {
  return dashboard(`${readAlias(of)}-home`, {
    title: `[Earshot] Library and runs: ${of.library}, ${of.space}`,
    description: 'What is in the library, what the last sync runs did, what failed.',
    panels: panelsOf(of),
  });
}
