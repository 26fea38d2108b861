// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Card, cardSchema } from './card.ts';
import { fingerprintOf } from './fingerprint.ts';

export { fingerprintOf } from './fingerprint.ts';

/** A card with what follows from it and from where it lies. */
export interface Space {
  readonly card: Card;
  /** 12 hex digits. */
  readonly fingerprint: string;
  /** Absolute path of the ONNX graph. */
  readonly graphPath: string;
}

/** Folder of the cards and graphs that ship with the project. */
export const SHIPPED_CARDS_DIR = fileURLToPath(new URL('../cards', import.meta.url));

export class CardError extends Error {
  readonly code = 'MODEL_CARD_INVALID';
}

function readCard(path: string): Card {
  try {
    return cardSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new CardError(`Model card ${path} cannot be used: ${reason}`, { cause });
  }
}

function readFolder(dir: string): Space[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readCard(join(dir, name)))
    .map((card) => ({ card, fingerprint: fingerprintOf(card), graphPath: join(dir, card.graph.file) }));
}

/**
 * All embedding spaces known here: shipped ones first, then those of `modelsDir` (`EARSHOT_MODELS_DIR`).
 * @throws CardError naming the file when a card does not parse or an id occurs twice
 */
export function loadSpaces(modelsDir?: string): ReadonlyMap<string, Space> {
  const spaces = new Map<string, Space>();
  for (const space of [...readFolder(SHIPPED_CARDS_DIR), ...(modelsDir ? readFolder(modelsDir) : [])]) {
    if (spaces.has(space.card.id))
      throw new CardError(`Two model cards carry the id ${space.card.id}; remove one of them`);
    spaces.set(space.card.id, space);
  }
  return spaces;
}
