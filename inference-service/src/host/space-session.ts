// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';
import { contourOfBlock } from '@earshot/models/melody';
import type { Space } from '@earshot/models/registry';
import { openTextSession, type TextSession } from '@earshot/models/text';
import {
  checkGolden,
  cosine,
  type GraphSession,
  type GraphShape,
  openGraphSession,
  runtimeOptions,
  type SessionOptions,
} from './graph-session.ts';
import type { VerifiedFiles } from './verified-files.ts';

/** One space in memory: the graph for sounds and, where the card has one, that for words or for contours. */
export interface SpaceSession extends GraphSession {
  /** @throws Error when the space embeds no words */
  runTexts: TextSession['run'];
  /**
   * @param contours float32 [count × points] @returns float32 [count × dims]
   * @throws Error when the space embeds no contours
   */
  runContours: GraphSession['run'];
}

/** Windows → vectors, or → frames where a second graph makes the vectors. */
function windowShape({ input, output, dims, melody }: Card): GraphShape {
  const windows = { tensor: input.tensor, values: input.windowSamples };
  if (!melody) return { input: windows, output: { tensor: output.tensor, values: dims } };
  const { tensor, perWindow, channels } = melody.frames;
  return { input: windows, output: { tensor, values: perWindow * channels } };
}

const missing = (id: string, what: string) => (): Promise<never> =>
  Promise.reject(new Error(`${id} has no ${what} graph`));

/** Opens what there is, one after the other; the first failure closes those before it. */
async function openAll(
  space: Space,
  files: VerifiedFiles,
  { options, opened }: { readonly options: SessionOptions; readonly opened: { release(): Promise<void> }[] },
): Promise<Omit<SpaceSession, 'release'>> {
  const { id, dims, text, melody, output } = space.card;
  const keep = <T extends { release(): Promise<void> }>(session: T): T => {
    opened.push(session);
    return session;
  };
  const sounds = keep(await openGraphSession(windowShape(space.card), files.graph, options));
  const words = text && files.text && keep(await openTextSession({ dims, text }, files.text, runtimeOptions(options)));
  const contourShape = melody && {
    input: { tensor: melody.encoder.input, values: melody.encoder.points },
    output: { tensor: output.tensor, values: dims },
  };
  const contours = contourShape && files.encoder && keep(await openGraphSession(contourShape, files.encoder, options));
  return {
    run: sounds.run,
    runTexts: words?.run ?? missing(id, 'text'),
    runContours: contours?.run ?? missing(id, 'contour'),
  };
}

/** @throws Error with the reason */
export async function openSpaceSession(
  space: Space,
  files: VerifiedFiles,
  options: SessionOptions,
): Promise<SpaceSession> {
  const opened: { release(): Promise<void> }[] = [];
  const release = async (): Promise<void> => {
    for (const session of opened) await session.release();
  };
  try {
    return { ...(await openAll(space, files, { options, opened })), release };
  } catch (error) {
    await release();
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

/** Windows → frames → the contour of all that is voiced in each → vectors. */
async function embedMelodies(
  { melody }: Pick<Card, 'melody'>,
  session: SpaceSession,
  { windows, count }: { readonly windows: Float32Array; readonly count: number },
): Promise<Float32Array> {
  const frames = await session.run(windows, count);
  if (!melody) return frames;
  const values = frames.length / count;
  const contours = new Float32Array(count * melody.encoder.points);
  for (let row = 0; row < count; row++) {
    const contour = contourOfBlock(frames.subarray(row * values, (row + 1) * values), melody);
    if (!contour) throw new Error('a golden signal has no melody');
    contours.set(contour, row * melody.encoder.points);
  }
  return session.runContours(contours, count);
}

/**
 * Runs the card's golden signals and texts at one batch size and compares each row.
 * @throws Error saying which missed and by how much
 */
export async function checkSpace(space: Space, session: SpaceSession, batchSize: number): Promise<void> {
  const embed = (windows: Float32Array, count: number) => embedMelodies(space.card, session, { windows, count });
  await checkGolden(space, embed, batchSize);
  await checkTexts(space, session, batchSize);
}
