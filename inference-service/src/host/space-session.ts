// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import { openTextSession, type TextSession } from '@earshot/models/text';
import {
  checkGolden,
  cosine,
  type GraphSession,
  openGraphSession,
  runtimeOptions,
  type SessionOptions,
} from './graph-session.ts';
import type { VerifiedFiles } from './verified-files.ts';

/** One space in memory: the graph for sounds and, where the card has one, that for words. */
export interface SpaceSession extends GraphSession {
  /** @throws Error when the space embeds no words */
  runTexts: TextSession['run'];
}

/** @throws Error with the reason */
export async function openSpaceSession(
  space: Space,
  files: VerifiedFiles,
  options: SessionOptions,
): Promise<SpaceSession> {
  const { id, dims, text } = space.card;
  const sounds = await openGraphSession(space, files.graph, options);
  if (!text || !files.text) return { ...sounds, runTexts: () => Promise.reject(new Error(`${id} has no text graph`)) };
  try {
    const words = await openTextSession({ dims, text }, files.text, runtimeOptions(options));
    const release = async (): Promise<void> => {
      await sounds.release();
      await words.release();
    };
    return { run: sounds.run, runTexts: words.run, release };
  } catch (error) {
    await sounds.release();
    throw error;
  }
}

async function checkTexts({ card }: Space, session: SpaceSession, batchSize: number): Promise<void> {
  const { dims } = card;
  for (const golden of card.text?.golden ?? []) {
    const { vectors } = await session.runTexts(Array.from({ length: batchSize }, () => golden.text));
    for (let row = 0; row < batchSize; row++) {
      const similarity = cosine(vectors.subarray(row * dims, (row + 1) * dims), golden.embedding);
      if (!(similarity >= golden.minCosine))
        throw new Error(
          `golden text "${golden.text}": cosine ${similarity.toFixed(6)}, at least ${golden.minCosine} is needed`,
        );
    }
  }
}

/**
 * Runs the card's golden signals and texts at one batch size and compares each row.
 * @throws Error saying which missed and by how much
 */
export async function checkSpace(space: Space, session: SpaceSession, batchSize: number): Promise<void> {
  await checkGolden(space, session, batchSize);
  await checkTexts(space, session, batchSize);
}
