// SPDX-License-Identifier: Apache-2.0
import { existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type CardFile, REPORT_ENDING, readCardFiles, SHIPPED_CARDS_DIR, spaceFiles } from '../registry.ts';
import { sweepStages } from './stage.ts';

/** The files of a space in the models folder. */
export interface SpaceRemoval {
  readonly id: string;
  /** 12 hex digits; undefined when the card cannot be read. */
  readonly fingerprint: string | undefined;
  /** Card first: without it nobody looks for the others. */
  readonly files: readonly string[];
}

/** Files that belong to a card, its reports among them; those of a card that cannot be read are guessed by its name. */
function filesOf({ path, space }: CardFile): string[] {
  const named = (ending: string): string => resolve(path.replace(/\.json$/, ending));
  const graphs = space ? spaceFiles(space).map((file) => resolve(file.path)) : [named('.onnx')];
  return [...graphs, named(REPORT_ENDING), named('.report.md')];
}

/**
 * What removing a space deletes: its card, and files beside it that no other card names.
 * @returns `shipped` when it came with the project, undefined when there is none
 */
export function planRemoval(id: string, modelsDir: string): SpaceRemoval | 'shipped' | undefined {
  const cards = readCardFiles(modelsDir);
  const found = cards.find((card) => card.id === id && dirname(card.path) !== SHIPPED_CARDS_DIR);
  if (!found) return cards.some((card) => card.id === id) ? 'shipped' : undefined;
  const others = new Set(cards.filter((card) => card !== found).flatMap(filesOf));
  const folder = resolve(modelsDir);
  const own = filesOf(found).filter((file) => dirname(file) === folder && !others.has(file) && existsSync(file));
  return {
    id,
    fingerprint: found.space?.fingerprint,
    files: [join(folder, found.path.slice(dirname(found.path).length + 1)), ...own],
  };
}

/** Deletes the files, and what killed imports have left behind. */
export function removeSpace({ files }: SpaceRemoval, modelsDir: string): void {
  for (const file of files) rmSync(file, { force: true });
  sweepStages(modelsDir);
}
