// SPDX-License-Identifier: Apache-2.0

/** Facets: key in the page's address → field of the index. The address codec drops every other key. */
export const FILTER_FIELDS = {
  genre: 'tags.genre',
  artist: 'tags.artist',
  album: 'tags.album',
  instrument: 'labels.instrument',
  folder: 'labels.folder',
  codec: 'audio.codec',
} as const satisfies Record<string, string>;

export type FilterKey = keyof typeof FILTER_FIELDS;
export const FILTER_KEYS = Object.keys(FILTER_FIELDS) as readonly FilterKey[];
