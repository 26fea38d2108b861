// SPDX-License-Identifier: Apache-2.0
import { type LibrarySpace, readAlias } from '@earshot/mappings';
import { jsonString, type SavedObject, savedObject } from './saved-object.ts';

/** Replaced by the address of the search panel when the bundle is applied. */
export const PANEL_URL = '__PANEL_URL__';

export const dataViewId = (of: LibrarySpace): string => `${readAlias(of)}`;

/**
 * The data view of one library and space. It names the read alias, never a wildcard: `earshot-*` would also meet the
 * failures and both indices of a migration. `audio.uri` plays in Discover, `audio.id` opens "find similar" in the panel.
 */
export function dataView(of: LibrarySpace): SavedObject {
  const fieldFormatMap = {
    'audio.uri': { id: 'url', params: { type: 'audio', urlTemplate: `${PANEL_URL}/api/audio?uri={{value}}` } },
    'audio.id': {
      id: 'url',
      params: { type: 'a', urlTemplate: `${PANEL_URL}/#/search?like={{value}}`, labelTemplate: 'find similar' },
    },
    'audio.size': { id: 'bytes' },
  };
  return savedObject('index-pattern', dataViewId(of), {
    title: readAlias(of),
    name: `[Earshot] ${of.library}, ${of.space}`,
    timeFieldName: '@timestamp',
    fields: '[]',
    fieldFormatMap: jsonString(fieldFormatMap),
    fieldAttrs: '{}',
    runtimeFieldMap: '{}',
    sourceFilters: '[]',
    allowHidden: false,
    allowNoIndex: true,
  });
}
