// SPDX-License-Identifier: Apache-2.0
import type { LibrarySpace } from '@earshot/mappings';
import { dataViewId } from './data-view.ts';
import { jsonString, NO_QUERY, type SavedObject, savedObject } from './saved-object.ts';

const INDEX_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index';

export const DISCOVER_COLUMNS = [
  'title',
  'audio.uri',
  'audio.id',
  'tags.genre',
  'audio.duration_ms',
  'audio.status',
] as const;

export const discoverSessionId = (of: LibrarySpace): string => `${dataViewId(of)}-newest`;

/** Saved Discover session: the newest recordings with player and "find similar" link. */
export function discoverSession(of: LibrarySpace): SavedObject {
  return savedObject(
    'search',
    discoverSessionId(of),
    {
      title: `[Earshot] Newest audio: ${of.library}, ${of.space}`,
      description: 'Recordings by time, newest first. The player needs the search panel of Earshot.',
      columns: DISCOVER_COLUMNS,
      sort: [['@timestamp', 'desc']],
      grid: {},
      hideChart: true,
      isTextBasedQuery: false,
      timeRestore: false,
      kibanaSavedObjectMeta: { searchSourceJSON: jsonString({ ...NO_QUERY, indexRefName: INDEX_REFERENCE }) },
    },
    [{ name: INDEX_REFERENCE, type: 'index-pattern', id: dataViewId(of) }],
  );
}
