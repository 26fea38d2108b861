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
  /** Absolute paths of what embeds words, where the card has it. */
  readonly textPaths?: { readonly graph: string; readonly tokenizer: string };
  /** Absolute path of the graph that embeds contours, where the card has one. */
  readonly encoderPath?: string;
}

/** A file that belongs to a space, besides the card. */
export interface SpaceFile {
  /** What it is, in a few words: `text graph`. */
  readonly what: string;
  readonly path: string;
  readonly sha256: string;
}

/** Graph, and where words or contours are embedded, what that takes. */
export function spaceFiles({ card, graphPath, textPaths, encoderPath }: Space): SpaceFile[] {
  const files = [{ what: 'graph', path: graphPath, sha256: card.graph.sha256 }];
  if (card.text && textPaths) {
    const { graph, tokenizer } = card.text;
    files.push({ what: 'text graph', path: textPaths.graph, sha256: graph.sha256 });
    files.push({ what: 'tokenizer', path: textPaths.tokenizer, sha256: tokenizer.sha256 });
  }
  if (card.melody && encoderPath)
    files.push({ what: 'contour graph', path: encoderPath, sha256: card.melody.encoder.graph.sha256 });
  return files;
}

/** Folder of the cards and graphs that ship with the project. */
export const SHIPPED_CARDS_DIR = fileURLToPath(new URL('../cards', import.meta.url));

export class CardError extends Error {
  readonly code = 'MODEL_CARD_INVALID';
}

/** A file that ought to be a card. */
export interface CardFile {
  readonly path: string;
  /** As the file says; its name where it cannot be read. */
  readonly id: string;
  /** undefined when the card cannot be used. */
  readonly space: Space | undefined;
  /** Why it cannot be used; empty when it can. */
  readonly problem: string;
}

/** What is wrong with the melody part of a card; undefined when nothing is. */
function melodyProblem({ melody, input, hasTrackVector, acceptsText }: Card): string | undefined {
  if (!melody) return undefined;
  const { perWindow, hopSamples } = melody.frames;
  if (hasTrackVector) return 'hasTrackVector must be false with melody';
  if (acceptsText) return 'a space of melodies takes no text';
  if (perWindow * hopSamples !== input.windowSamples)
    return `melody.frames: ${perWindow} frames of ${hopSamples} samples are no window of ${input.windowSamples}`;
  if (input.hopSamples % hopSamples !== 0) return `input.hopSamples is no multiple of melody.frames.hopSamples`;
  return input.padding === 'zero' ? undefined : 'input.padding must be zero with melody';
}

function parseCard(json: unknown): Card {
  const card = cardSchema.parse(json);
  if (card.acceptsText !== (card.text !== undefined))
    throw new Error(
      card.acceptsText ? 'acceptsText is true, but there is no text' : 'acceptsText must be true with text',
    );
  const problem = melodyProblem(card);
  if (problem !== undefined) throw new Error(problem);
  return card;
}

function spaceOf(card: Card, dir: string): Space {
  const { text, melody } = card;
  const space = { card, fingerprint: fingerprintOf(card), graphPath: join(dir, card.graph.file) };
  return {
    ...space,
    ...(text ? { textPaths: { graph: join(dir, text.graph.file), tokenizer: join(dir, text.tokenizer.file) } } : {}),
    ...(melody ? { encoderPath: join(dir, melody.encoder.graph.file) } : {}),
  };
}

function readCardFile(dir: string, name: string): CardFile {
  const path = join(dir, name);
  let id = name.replace(/\.json$/, '');
  try {
    const json = JSON.parse(readFileSync(path, 'utf8')) as { readonly id?: unknown } | null;
    if (typeof json?.id === 'string') id = json.id;
    return { path, id, space: spaceOf(parseCard(json), dir), problem: '' };
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    return { path, id, space: undefined, problem: `Model card ${path} cannot be used: ${reason}` };
  }
}

/** Files of this ending lie beside cards: how a space was judged when it was made. */
export const REPORT_ENDING = '.report.json';

/** Requests that name no space mean the first one: of what ships, the one that says something about any sound. */
const FIRST_SHIPPED = 'spectral-1';

function readFolder(dir: string): CardFile[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.endsWith('.json') && !name.endsWith(REPORT_ENDING))
    .sort()
    .map((name) => readCardFile(dir, name));
}

/** Every card file, usable or not: shipped ones first, `spectral-1` before all, then those of `modelsDir`. */
export function readCardFiles(modelsDir?: string): CardFile[] {
  const shipped = readFolder(SHIPPED_CARDS_DIR).sort(
    (a, b) => Number(b.id === FIRST_SHIPPED) - Number(a.id === FIRST_SHIPPED),
  );
  return [...shipped, ...(modelsDir ? readFolder(modelsDir) : [])];
}

/**
 * All embedding spaces known here: shipped ones first, then those of `modelsDir` (`EARSHOT_MODELS_DIR`).
 * @throws CardError naming the file when a card does not parse or an id occurs twice
 */
export function loadSpaces(modelsDir?: string): ReadonlyMap<string, Space> {
  const spaces = new Map<string, Space>();
  for (const { id, space, problem } of readCardFiles(modelsDir)) {
    if (!space) throw new CardError(problem);
    if (spaces.has(id)) throw new CardError(`Two model cards carry the id ${id}; remove one of them`);
    spaces.set(id, space);
  }
  return spaces;
}
