// SPDX-License-Identifier: Apache-2.0
import { FILTERABLE_FIELDS } from '@earshot/mappings/search';
import { EarshotError } from '../earshot-error.ts';

/** Fields that sort recordings into classes, besides `labels.<name>`. */
const FIELDS = Object.entries(FILTERABLE_FIELDS)
  .filter(([, kind]) => kind === 'keyword' || kind === 'number')
  .map(([field]) => field);

/** Fields of which a file says something by itself. */
const FILE_FIELDS = ['tags.artist', 'tags.album', 'tags.genre', 'tags.year'];

function resolve(text: string, known: readonly string[], option: string): string {
  const field = known.find((name) => name === text) ?? known.find((name) => name.endsWith(`.${text}`)) ?? text;
  if (known.includes(field) || /^labels\.[^:]+$/.test(field)) return field;
  throw new EarshotError(
    'USAGE',
    `${option} ${text}: there is no such field; known: labels.<name>, ${known.join(', ')}`,
    {
      remedy: `Name one of these fields, such as ${option} labels.${text.replace(/^.*\./, '') || 'name'}.`,
    },
  );
}

/** A field of an index; the part before the dot may be left out, but for labels. @throws EarshotError USAGE naming the fields */
export const indexField = (text: string, option: string): string => resolve(text, FIELDS, option);

/** A field of files in a folder: a name without a dot is a label. @throws EarshotError USAGE naming the fields */
export const fileField = (text: string, option: string): string =>
  resolve(text.includes('.') ? text : `labels.${text}`, FILE_FIELDS, option);
