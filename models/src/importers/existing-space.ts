// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import { fingerprintOf, readCardFiles, type Space, spaceFiles } from '../registry.ts';
import type { CardDraft } from './card-draft.ts';
import { ImportError } from './import-error.ts';
import { sumFile } from './published-file.ts';

/** As a card file gives it back: without what is undefined. */
const asJson = (settings: Readonly<Record<string, unknown>> | undefined): unknown =>
  settings && JSON.parse(JSON.stringify(settings));

async function hasItsFiles(space: Space): Promise<boolean> {
  try {
    for (const { path, sha256 } of spaceFiles(space)) if ((await sumFile(path)).sha256 !== sha256) return false;
    return true;
  } catch {
    return false;
  }
}

/**
 * The space of an earlier import of the same file, whole.
 * @returns undefined when there is none, or one of its files is gone or damaged, so that it must be made again
 * @throws ImportError MODEL_EXISTS when the id belongs to something else
 */
export async function findExistingSpace(draft: CardDraft, modelsDir: string): Promise<Space | undefined> {
  const found = readCardFiles(modelsDir).find(({ id }) => id === draft.id);
  if (!found) return undefined;
  if (!found.space) throw new ImportError('MODEL_EXISTS', found.problem);
  const { card, fingerprint } = found.space;
  const isSame =
    fingerprintOf({ ...card, ...draft }) === fingerprint &&
    card.origin?.sha256 === draft.origin?.sha256 &&
    isDeepStrictEqual(card.origin?.settings, asJson(draft.origin?.settings));
  if (isSame) return (await hasItsFiles(found.space)) ? found.space : undefined;
  const from = card.origin?.file;
  throw new ImportError(
    'MODEL_EXISTS',
    `${draft.id} is known already, ${from ? `imported from ${from} with other bytes or settings` : 'and was not imported'} (${found.path})`,
  );
}
