// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Space } from '@earshot/models/registry';

/** What a space is run from. */
export interface VerifiedFiles {
  readonly graph: Uint8Array;
  /** Where the space embeds words. */
  readonly text?: { readonly graph: Uint8Array; readonly tokenizer: Uint8Array };
  /** Where the space embeds contours. */
  readonly encoder?: Uint8Array;
}

async function readVerified(path: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  const sum = createHash('sha256').update(bytes).digest('hex');
  if (sum !== sha256) throw new Error(`${basename(path)} has sha256 ${sum}, but its card names ${sha256}`);
  return bytes;
}

/**
 * Graphs and tokenizer, proved to be those the card speaks of.
 * @throws Error naming file and both sums
 */
export async function readVerifiedFiles({ card, graphPath, textPaths, encoderPath }: Space): Promise<VerifiedFiles> {
  const graph = await readVerified(graphPath, card.graph.sha256);
  if (card.melody && encoderPath)
    return { graph, encoder: await readVerified(encoderPath, card.melody.encoder.graph.sha256) };
  if (!card.text || !textPaths) return { graph };
  const text = {
    graph: await readVerified(textPaths.graph, card.text.graph.sha256),
    tokenizer: await readVerified(textPaths.tokenizer, card.text.tokenizer.sha256),
  };
  return { graph, text };
}
